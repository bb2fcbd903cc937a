"""What an address of the figures' pages asks, by the names of `GET /api/v1/figures`, so that both can be linked."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from services.reporting.config import Bounds
from services.reporting.domain.behind import CURSOR_LENGTH_MAX, After, cursor_in
from services.reporting.domain.definition import Side
from services.reporting.domain.errors import ReportingError
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import SHANGHAI, Period, day_in
from services.reporting.domain.question import Question
from shared.contracts.directory import AreaLevel
from shared.contracts.intake import Channel
from shared.contracts.routing import Urgency
from shared.kernel.problems import problem_name

ID_LENGTH_MAX = 100
NOT_A_DAY, NOT_A_CHOICE = "not-a-day", "not-a-choice"
# What narrows a question to one group of it.
NARROWED_BY = (By.AREA, By.CATEGORY, By.UNIT, By.CHANNEL, By.URGENCY)
# All that an address may say: what is asked, which tickets behind it are listed, and in which language.
NAMES = frozenset({"from", "to", "by", "level", "tree", *NARROWED_BY, "of", "after", "lang"})

Choice = TypeVar("Choice", bound=StrEnum)


def asked(params: QueryParams, now: datetime, bounds: Bounds) -> tuple[Question, str | None]:
    """The question, and what was wrong: with its period, then it is about the month that runs; or with what else was
    given, which is left out.
    """
    period, trouble = _period(params, now, bounds)
    question = Question(
        period=period,
        by=_choice(By, params.get("by")),
        level=_choice(AreaLevel, params.get("level")) or AreaLevel.COMMUNITY,
        tree=_choice(Tree, params.get("tree")) or Tree.TODAY,
        area=_id(params.get("area")),
        category=_id(params.get("category")),
        unit=_id(params.get("unit")),
        channel=_choice(Channel, params.get("channel")),
        urgency=_choice(Urgency, params.get("urgency")),
    )
    return question, trouble or (NOT_A_CHOICE if _is_left_out(params, question) else None)


def side_in(params: QueryParams) -> Side | None:
    """The side of a figure whose tickets are asked for; none where it is not said, or misspelt."""
    return _choice(Side, params.get("of"))


def after_in(params: QueryParams) -> After | None:
    """Where the list goes on; none where it begins, or where the place is none that we wrote."""
    written = params.get("after") or ""
    try:
        return cursor_in(written) if 0 < len(written) <= CURSOR_LENGTH_MAX else None
    except ValueError:
        return None


def _is_left_out(params: QueryParams, question: Question) -> bool:
    read: dict[str, object] = {name: getattr(question, name) for name in ("by", "level", "tree", *NARROWED_BY)}
    read |= {"of": side_in(params)}
    return (
        not NAMES.issuperset(params)
        # Of what is said in two ways only one counts, and who wrote it can not know which.
        or len(set(params.multi_items())) > len(params)
        or any(params.get(name) and params.get(name) != told for name, told in read.items())
        or bool(params.get("after") and after_in(params) is None)
    )


def _period(params: QueryParams, now: datetime, bounds: Bounds) -> tuple[Period, str | None]:
    usual = this_month(now)
    first, after = params.get("from") or "", params.get("to") or ""
    if not first and not after:
        return usual, None
    days_max = bounds.by_day_days_max if params.get("by") == By.DAY else bounds.period_days_max
    try:
        period = Period(day_in(first), day_in(after))
        return period.checked(now, days_max=days_max), None
    except ValueError:
        return usual, NOT_A_DAY
    except ReportingError as error:
        return usual, problem_name(type(error))


def this_month(now: datetime) -> Period:
    """The month that runs."""
    today = now.astimezone(SHANGHAI).date()
    return Period.of_month(today.year, today.month)


def month_before(period: Period) -> Period:
    """The month before the one that a period begins in."""
    last = period.first_day.replace(day=1) - timedelta(days=1)
    return Period.of_month(last.year, last.month)


def query_of(question: Question, **more: str | None) -> str:
    """The question as an address says it, with what else is given; what is as usual is left out."""
    level = question.level if question.by is By.AREA and question.level is not AreaLevel.COMMUNITY else None
    told: dict[str, str | None] = {
        "from": question.period.first_day.isoformat(),
        "to": question.period.day_after.isoformat(),
        "by": question.by,
        "level": level,
        "tree": question.tree if question.tree is not Tree.TODAY else None,
        **{name: getattr(question, name) for name in NARROWED_BY},
        **more,
    }
    return urlencode({name: str(value) for name, value in told.items() if value is not None})


def whole_of(question: Question) -> Question:
    """The question about everything of its time."""
    everything: dict[str, Any] = {by.value: None for by in NARROWED_BY}
    return replace(question, by=None, **everything)


def about_group(question: Question, key: str | None, now: datetime) -> Question | None:
    """The question about one of its groups alone; none for what belongs to none."""
    by = question.by
    if by is None or key is None:
        return None
    if by in NARROWED_BY:
        narrowed: dict[str, Any] = {by.value: key}
        return replace(question, by=None, **narrowed)
    found = (each for each in question.periods(now) if key in (each.first_day.isoformat(), f"{each.first_day:%Y-%m}"))
    period = next(found, None)
    return replace(question, by=None, period=period) if period else None


def _choice(kind: type[Choice], written: str | None) -> Choice | None:
    return next((each for each in kind if each.value == written), None)


def _id(written: Any) -> str | None:
    return written if written and len(written) <= ID_LENGTH_MAX and "\0" not in written else None
