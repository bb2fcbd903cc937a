"""What the figures can be narrowed to, and what things are called, as the directory has them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from services.reporting.config import Bounds
from services.reporting.domain.grouping import By
from services.reporting.domain.period import FIRST_DAY, Period
from services.reporting.domain.publication import is_month
from services.reporting.domain.question import Question
from services.reporting.pages.asking import month_before, query_of, this_month
from services.reporting.pages.views import Choice, Filters, Staff
from shared.contracts.directory import AreaDefined, CategoryDefined, Name, PlaceDefined, UnitDefined
from shared.directory import Directory
from shared.web.passes import Pass

Named = AreaDefined | CategoryDefined | UnitDefined | PlaceDefined


def filters_of(
    question: Question, trouble: str | None, *, directory: Directory, now: datetime, bounds: Bounds
) -> Filters:
    """The form as it stands for this question."""
    return Filters(
        question=question,
        trouble=trouble,
        days_max=bounds.by_day_days_max if question.by is By.DAY else bounds.period_days_max,
        areas=[
            Choice(id=each.id, name=each.name, depth=len(each.path) - 1)
            for each in sorted(directory.areas.values(), key=lambda area: area.path)
            if not each.retired or each.id == question.area
        ],
        categories=_choices(directory.categories, question.category),
        units=_choices(directory.units, question.unit),
        months=_months(question, now),
    )


def _choices(known: Mapping[str, CategoryDefined] | Mapping[str, UnitDefined], asked: str | None) -> Sequence[Choice]:
    """Those of today, and the one that is asked about: what is retired, or was never defined, has figures too."""
    offered = [Choice(id=each.id, name=each.name) for each in known.values() if not each.retired or each.id == asked]
    name = name_of(known, asked)
    return offered if name is None or asked in known else [*offered, Choice(id=str(asked), name=name)]


def _months(question: Question, now: datetime) -> Sequence[tuple[str, str]]:
    """The newest months, and the one that is looked at with those beside it."""
    newest, asked = this_month(now), question.period
    months = {newest, month_before(newest), month_before(month_before(newest))}
    if is_month(asked):
        months |= {month_before(asked), asked, Period.of_month(asked.day_after.year, asked.day_after.month)}
    offered = sorted((each for each in months if FIRST_DAY <= each.first_day <= newest.first_day), key=_first_day)
    return [(f"{each.first_day:%Y-%m}", query_of(replace(question, period=each))) for each in reversed(offered)]


def _first_day(period: Period) -> date:
    return period.first_day


def staff_of(told: Pass, directory: Directory) -> Staff:
    """Who is signed in, as every page shows it."""
    unit = name_of(directory.units, told.unit) or Name(zh="", en="")
    return Staff(name=told.person, unit_name=unit, admin=told.admin, takes_calls=told.takes_calls)


def name_of(known: Mapping[str, Named], key: str | None) -> Name | None:
    """What the directory calls it; what it does not know is shown by its id."""
    if key is None:
        return None
    found = known.get(key)
    return found.name if found else Name(zh=key, en=key)
