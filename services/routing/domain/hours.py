"""A unit's working hours as people read them: weekdays that are alike together, and the days ahead that differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from shared.contracts.directory import CalendarDefined

DAYS_AHEAD = 60
ONE_DAY = timedelta(days=1)
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Weekdays in a row with the same hours, in minutes from midnight; nobody works where there are none."""

    first: int
    last: int
    spans: Spans


@dataclass(frozen=True, slots=True)
class DaysApart:
    """Dates in a row that differ from their weekdays: days off, or a make-up workday (调休) with its hours."""

    first: date
    last: date
    spans: Spans = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursAhead:
    """When a unit works: by weekday, and what differs soon; `unknown_year` is one soon that nobody has entered."""

    weekdays: Sequence[Weekdays]
    apart: Sequence[DaysApart]
    unknown_year: int | None = None


def hours_ahead(calendar: CalendarDefined, today: date) -> HoursAhead:
    """The hours from today on."""
    ahead = [today + ONE_DAY * number for number in range(DAYS_AHEAD)]
    off = _in_a_row([day for day in ahead if day.isoformat() in calendar.days_off])
    return HoursAhead(
        weekdays=list(_weekdays(calendar)),
        apart=sorted((*off, *_make_up_days(calendar, ahead)), key=lambda days: days.first),
        unknown_year=next((day.year for day in ahead if day.year not in calendar.years), None),
    )


def _make_up_days(calendar: CalendarDefined, ahead: Sequence[date]) -> Iterator[DaysApart]:
    for day in ahead:
        weekday = calendar.make_up_workdays.get(day.isoformat())
        if weekday is not None:
            yield DaysApart(day, day, calendar.hours.get(weekday, ()))


def _weekdays(calendar: CalendarDefined) -> Iterator[Weekdays]:
    for spans, alike in groupby(range(1, 8), key=lambda weekday: calendar.hours.get(weekday, ())):
        numbers = list(alike)
        yield Weekdays(numbers[0], numbers[-1], spans)


def _in_a_row(days: Sequence[date]) -> Iterator[DaysApart]:
    # Days in a row keep their distance to their place in the list.
    for _, row in groupby(enumerate(days), key=lambda each: each[1] - ONE_DAY * each[0]):
        dates = [day for _, day in row]
        yield DaysApart(dates[0], dates[-1])
