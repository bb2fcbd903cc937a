"""When a unit works, and how long until: minutes and days counted in its hours, across holidays and make-up workdays.

Pure: every moment comes in as an argument, aware; every answer is aware and UTC. Hours are wall-clock time of the
calendar's zone. A span of hours is open at its end for `is_working` (17:00 is no longer working time), but a term that
runs out exactly then is due at 17:00, not at the next opening.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Span = tuple[int, int]
Hours = Mapping[int, tuple[Span, ...]]

MINUTES_A_DAY = 1440
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
# For hours that no official list changes.
EVERY_YEAR = frozenset(range(MINYEAR, MAXYEAR + 1))


class UnknownYearError(Exception):
    """The official list of days off and make-up workdays of this year is not known; nothing can be counted in it."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


class CalendarNotValidError(ValueError):
    """These are no working hours: weekdays run from 1 to 7, spans in order and apart, dates are ISO and of one kind."""

    def __init__(self, field_name: str, reason: str) -> None:
        super().__init__(f"{field_name}: {reason}")
        self.field_name = field_name
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Hours by ISO weekday (1 = Monday) as minutes from midnight, and the dates that differ from their weekday.

    A night shift is two spans: (1320, 1440) on its day, (0, 360) on the next.
    """

    hours: Hours
    days_off: Collection[str] = ()
    make_up_workdays: Mapping[str, int] = field(default_factory=dict)
    years: Collection[int]
    timezone: str = "Asia/Shanghai"
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    # What was worked out once of a date or a year holds for all terms that come to it.
    _spans: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _workdays: dict[int, tuple[date, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        _check_hours(self.hours)
        _check_dates(days_off=self.days_off, make_up_workdays=self.make_up_workdays)
        hours = {weekday: tuple((opens, closes) for opens, closes in spans) for weekday, spans in self.hours.items()}
        object.__setattr__(self, "hours", MappingProxyType(hours))
        object.__setattr__(self, "days_off", frozenset(self.days_off))
        object.__setattr__(self, "make_up_workdays", MappingProxyType(dict(self.make_up_workdays)))
        object.__setattr__(self, "years", frozenset(self.years))
        object.__setattr__(self, "_zone", _zone(self.timezone))

    def is_working(self, at: datetime) -> bool:
        """Whether the moment lies in working time, ends of spans excluded.

        Raises:
            UnknownYearError: the moment's year has no known list.
        """
        return any(opens <= at < closes for opens, closes in self._spans_of(self._day(at)))

    def is_workday(self, day: date) -> bool:
        """Whether anybody works on this date.

        Raises:
            UnknownYearError: its year has no known list.
        """
        return bool(self._hours_of(day))

    def day_of(self, at: datetime) -> date:
        """The date of a moment, where the calendar is."""
        return self._day(at)

    def span_of(self, day: date) -> tuple[datetime, datetime] | None:
        """From the first opening to the last close of a date; none where nobody works on it.

        Raises:
            UnknownYearError: its year has no known list.
        """
        spans = self._spans_of(day)
        return (spans[0][0], spans[-1][1]) if spans else None

    def next_working(self, at: datetime) -> datetime:
        """The moment itself if it lies in working time, otherwise the next opening.

        Raises:
            UnknownYearError: the next opening lies in a year without a known list.
        """
        return next(max(opens, _utc(at)) for opens, closes in self._spans_from(at) if at < closes)

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The earliest moment of working time, ends of spans included, by which so many working minutes have passed.

        Raises:
            UnknownYearError: the term reaches into a year without a known list.
        """
        left, since = _not_negative(minutes) * ONE_MINUTE, _utc(start)
        for opens, closes in self._spans_from(start):
            begins = max(opens, since)
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        raise AssertionError  # pragma: no cover - spans never end: the walk stops at an unknown year

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same time of day so many working days later, counted from the next opening when `start` lies outside.

        Where that day has no working time at that hour, the term runs on to its next opening: nobody is given less than
        the days that were promised.

        Raises:
            UnknownYearError: the term reaches into a year without a known list.
        """
        counted_from = self.next_working(start).astimezone(self._zone)
        day = self._workday(counted_from.date(), later=_not_negative(days))
        same_time = datetime.combine(day, counted_from.timetz().replace(fold=0))
        return self.next_working(same_time)

    def worked(self, *, since: datetime, until: datetime) -> timedelta:
        """Working time between two moments, exact; negative when `until` comes first.

        Raises:
            UnknownYearError: a day between them is of a year without a known list.
        """
        if until < since:
            return -self.worked(since=until, until=since)
        total = timedelta()
        for opens, closes in self._spans_from(since):
            if opens >= until:
                break
            total += min(closes, until) - max(opens, since)
            if closes >= until:
                break
        return total

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole working minutes from `a` to `b`, a started one not counted; negative when `b` comes first.

        Raises:
            UnknownYearError: a day between them is of a year without a known list.
        """
        return int(self.worked(since=a, until=b) / ONE_MINUTE)

    def _workday(self, workday: date, *, later: int) -> date:
        """The workday that comes so many of them after this one."""
        year, workdays = workday.year, self._workdays_of(workday.year)
        index = bisect_left(workdays, workday) + later
        while index >= len(workdays):
            index -= len(workdays)
            year += 1
            workdays = self._workdays_of(year)
        return workdays[index]

    def _workdays_of(self, year: int) -> tuple[date, ...]:
        known = self._workdays.get(year)
        if known is None:
            if year not in self.years:
                raise UnknownYearError(year)
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = map(date.fromordinal, range(first, last + 1))
            known = self._workdays[year] = tuple(day for day in days if self._hours_of(day))
        return known

    def _spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans of working time in order, the first being one that has not ended before `start`."""
        day = self._day(start)
        while True:
            yield from (span for span in self._spans_of(day) if span[1] >= start)
            day += ONE_DAY

    def _spans_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        known = self._spans.get(day)
        if known is None:
            hours = self._hours_of(day)
            known = tuple((self._moment(day, opens), self._moment(day, closes)) for opens, closes in hours)
            self._spans[day] = known
        return known

    def _hours_of(self, day: date) -> tuple[Span, ...]:
        if day.year not in self.years:
            raise UnknownYearError(day.year)
        written = day.isoformat()
        if written in self.days_off:
            return ()
        return self.hours.get(self.make_up_workdays.get(written, day.isoweekday()), ())

    def _moment(self, day: date, minute: int) -> datetime:
        # Wall-clock addition within one zone: 1440 is the next midnight, also on a day of 23 or 25 hours.
        return (datetime.combine(day, time(), self._zone) + minute * ONE_MINUTE).astimezone(UTC)

    def _day(self, at: datetime) -> date:
        return _utc(at).astimezone(self._zone).date()


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans of a day in order, those that touch or overlap as one."""
    found: list[Span] = []
    for opens, closes in sorted(spans):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(closes, found[-1][1]))
        else:
            found.append((opens, closes))
    return tuple(found)


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("The moment has no time zone; working time counts from aware moments only.")
    return at.astimezone(UTC)


def _not_negative(term: int) -> int:
    if term < 0:
        raise ValueError("A term runs forward; a negative one has no meaning.")
    return term


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise CalendarNotValidError("timezone", f"no zone is called {timezone!r}") from unknown


def _check_hours(hours: Hours) -> None:
    if not any(hours.values()):
        raise CalendarNotValidError("hours", "nobody ever works")
    for weekday, spans in hours.items():
        _check_weekday(weekday, field_name="hours")
        _check_spans(weekday, spans)


def _check_spans(weekday: int, spans: tuple[Span, ...]) -> None:
    free_from = 0
    for opens, closes in spans:
        if not free_from <= opens < closes <= MINUTES_A_DAY:
            raise CalendarNotValidError(
                "hours", f"weekday {weekday}: {opens}-{closes} is empty, out of order or too long"
            )
        free_from = closes


def _check_weekday(weekday: int, *, field_name: str) -> None:
    if not 1 <= weekday <= 7:
        raise CalendarNotValidError(field_name, f"{weekday} is no ISO weekday, 1 (Monday) to 7")


def _check_dates(*, days_off: Collection[str], make_up_workdays: Mapping[str, int]) -> None:
    for field_name, days in (("days_off", days_off), ("make_up_workdays", make_up_workdays)):
        for day in days:
            _check_date(day, field_name=field_name)
    for weekday in make_up_workdays.values():
        _check_weekday(weekday, field_name="make_up_workdays")
    if both := set(days_off) & set(make_up_workdays):
        raise CalendarNotValidError("make_up_workdays", f"{min(both)} is also a day off")


def _check_date(day: str, *, field_name: str) -> None:
    try:
        written = date.fromisoformat(day).isoformat()
    except ValueError:
        written = ""
    if written != day:
        raise CalendarNotValidError(field_name, f"{day!r} is no date written YYYY-MM-DD")
