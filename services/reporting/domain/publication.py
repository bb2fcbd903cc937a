"""A published month: what was said of it stays as it was said, and what arrives later is a correction beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.duration import Duration
from services.reporting.domain.errors import MonthNotOverError, NotAMonthError
from services.reporting.domain.figures import NO_FIGURES, Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.tally import MIN_TO_RANK
from services.reporting.domain.values import Value, count_of, value_of
from shared.contracts.directory import Name

# What a circular tells apart.
PUBLISHED_BY = (By.AREA, By.CATEGORY, By.UNIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One row of an answer. A group that is too small is shown and not ranked."""

    key: str | None
    name: Name | None
    ranked: bool
    figures: Figures

    def is_ranked_by(self, figure: str) -> bool:
        """Whether it may be ranked by one figure: a rate or a length by what that is told of, a number by the cases."""
        definition, count = FIGURES[figure], count_of(value_of(self.figures, figure))
        if definition.of_what_is_open:
            return self.ranked or self.figures.backlog.open >= MIN_TO_RANK
        if count is None:
            return self.ranked
        return count >= MIN_TO_RANK and (self.ranked or not definition.several_of_a_case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A month as it was published: the whole, and its groups under the names that they had then."""

    month: date
    published_at: datetime
    total: Figures
    groups: Mapping[By, Sequence[Group]]

    def of_group(self, by: By, key: str) -> "Publication":
        """What was said of one group alone; of one that was not there nothing counted."""
        found = (group.figures for group in self.groups[by] if group.key == key)
        return replace(self, total=next(found, replace(NO_FIGURES, untold=self.total.untold)), groups={})


class Unpublished(StrEnum):
    """Why nothing that was published stands beside an answer: no month, one not published, or not in such groups, or
    the figure was not defined yet.
    """

    NO_MONTH = "no_month"
    MONTH = "month_not_published"
    CUT = "cut_not_published"
    FIGURE = "figure_not_published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A group as it was published, and as it is now. Where it was none then, or is none now, nothing counted for it."""

    published: Group
    now: Group

    @property
    def changed(self) -> Sequence[str]:
        """Its figures that are not what was published."""
        return corrected(self.published.figures, self.now.figures)

    def is_corrected(self, figure: str) -> bool:
        """Whether one of them is not."""
        return is_corrected(self.published.figures, self.now.figures, figure)


def paired(published: Sequence[Group], now: Sequence[Group], *, untold: frozenset[str]) -> Sequence[Pair]:
    """Every group that was published or is one now, in the order of their keys, so that both sides add up.

    What was not told then was told of no group, also of one that came later.
    """
    was, told = {group.key: group for group in published}, {group.key: group for group in now}
    keys = sorted({*was, *told}, key=lambda key: (key is None, key or ""))
    nothing = replace(NO_FIGURES, untold=untold)
    return [
        Pair(
            published=was.get(key) or _empty(told[key], nothing),
            now=told.get(key) or _empty(was[key], NO_FIGURES),
        )
        for key in keys
    ]


def _empty(group: Group, nothing: Figures) -> Group:
    return replace(group, ranked=False, figures=nothing)


def publishable(period: Period, now: datetime) -> Period:
    """The period itself.

    Raises:
        NotAMonthError: it is no calendar month.
        MonthNotOverError: it still runs.
    """
    if not is_month(period):
        raise NotAMonthError
    if period.ends > now:
        raise MonthNotOverError
    return period


def is_month(period: Period) -> bool:
    """Whether it is a whole calendar month."""
    return period == Period.of_month(period.first_day.year, period.first_day.month)


def corrected(published: Figures, now: Figures) -> Sequence[str]:
    """The figures that are not what was published, by the names that they are asked for by."""
    return [each for each in FIGURES if is_corrected(published, now, each)]


def is_corrected(published: Figures, now: Figures, figure: str) -> bool:
    """Whether a figure is not what was published; one that was not told then can not be."""
    return figure not in published.untold and _differ(value_of(published, figure), value_of(now, figure))


def _differ(published: Value, now: Value) -> bool:
    """Whether they do: what was sorted then and is told by classes now may be the same."""
    match published, now:
        case (Duration() | FirstResponse() as was, Duration() | FirstResponse() as told):
            return was != told if was.within_percent == told.within_percent else not _is_near(was, told)
        case _:
            return published != now


def _is_near(published: Duration | FirstResponse, now: Duration | FirstResponse) -> bool:
    """Whether two ways to tell it can have told the same; what is rounded may be half a minute off besides."""
    share = max(published.within_percent, now.within_percent) / 100
    pairs = ((published.median_minutes, now.median_minutes), (published.p90_minutes, now.p90_minutes))
    return published.count == now.count and all(
        abs((was or 0) - (told or 0)) <= share * max(was or 0, told or 0) + 0.5 for was, told in pairs
    )
