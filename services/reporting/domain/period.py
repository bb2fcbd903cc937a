"""The time that figures are about: whole days of Asia/Shanghai, the first in it, the last not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from services.reporting.domain.errors import (
    PeriodEmptyError,
    PeriodNotBegunError,
    PeriodTooEarlyError,
    PeriodTooLongError,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
# Older figures there are none, and the calendar's first days lie outside it in UTC.
FIRST_DAY = date(2000, 1, 1)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of one day to the first moment of another."""

    first_day: date
    day_after: date

    @classmethod
    def of_month(cls, year: int, month: int) -> "Period":
        """A calendar month."""
        first = date(year, month, 1)
        return cls(first, (first.replace(day=28) + timedelta(days=4)).replace(day=1))

    @property
    def called(self) -> str:
        """The month, or its first and last day."""
        if self == Period.of_month(self.first_day.year, self.first_day.month):
            return f"{self.first_day:%Y-%m}"
        last = self.day_after - ONE_DAY
        return str(last) if last == self.first_day else f"{self.first_day} – {last}"

    @property
    def starts(self) -> datetime:
        """Its first moment, in UTC."""
        return _midnight(self.first_day)

    @property
    def ends(self) -> datetime:
        """The first moment after it, in UTC."""
        return _midnight(self.day_after)

    def told_until(self, now: datetime) -> datetime:
        """How things stood at its end, or now while it still runs: no deadline is missed before it has passed."""
        return min(self.ends, now)

    def checked(self, now: datetime, *, days_max: int) -> "Period":
        """Itself.

        Raises:
            PeriodTooEarlyError: it begins before there were any figures.
            PeriodEmptyError: it ends before it begins.
            PeriodNotBegunError: it lies in the future.
            PeriodTooLongError: it has more days than can be told at once.
        """
        if self.first_day < FIRST_DAY:
            raise PeriodTooEarlyError
        if self.day_after <= self.first_day:
            raise PeriodEmptyError
        if (self.day_after - self.first_day).days > days_max:
            raise PeriodTooLongError
        if self.starts >= now:
            raise PeriodNotBegunError
        return self

    def weeks(self, now: datetime) -> Sequence["Period"]:
        """Each of its weeks, Monday to Sunday, that has begun; the first and last end where the period does."""
        return self._split([day.first_day for day in self.days(now) if day.first_day.isoweekday() == 1], now)

    def months(self, now: datetime) -> Sequence["Period"]:
        """Each of its calendar months that has begun; the first and last end where the period does."""
        return self._split([day.first_day for day in self.days(now) if day.first_day.day == 1], now)

    def _split(self, borders: Sequence[date], now: datetime) -> Sequence["Period"]:
        if self.starts >= now:
            return []
        starts = sorted({self.first_day, *borders})
        return [Period(first, after) for first, after in pairwise((*starts, self.day_after))]

    def days(self, now: datetime) -> Sequence["Period"]:
        """Each of its days that has begun, as a period of its own."""
        count = (self.day_after - self.first_day).days
        days = (self.first_day + number * ONE_DAY for number in range(count))
        return [Period(day, day + ONE_DAY) for day in days if _midnight(day) < now]


def day_in(written: str) -> date:
    """The day that a text such as 2026-04-01 says.

    Raises:
        ValueError: it says none; a moment, or a number that would be taken for a day, is none either.
    """
    if DAY.fullmatch(written) is None:
        raise ValueError(written)
    return date.fromisoformat(written)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
