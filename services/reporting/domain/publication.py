"""A published month: what was said of it stays as it was said, and what arrives later is a correction beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from services.reporting.domain.errors import MonthNotOverError, NotAMonthError
from services.reporting.domain.figures import Figures
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A month as it was published: the whole, and its groups under the names that they had then."""

    month: date
    published_at: datetime
    total: Figures
    groups: Mapping[By, Sequence[Group]]


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
    """The figures that are not what was published, by name."""
    return [each.name for each in fields(Figures) if getattr(published, each.name) != getattr(now, each.name)]
