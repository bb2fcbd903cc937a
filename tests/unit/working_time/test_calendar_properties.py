"""What holds for every calendar, moment and term."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.working_time import Calendar

YEARS = (2024, 2025, 2026, 2027)
MONTH_OF_MINUTES = 20_000
# Near the end of the years that the calendars know; and what a day may take, which has three spans of hours at most.
LAST = datetime(2027, 12, 1, tzinfo=UTC)
CALLS_A_DAY = 20


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    return tuple(zip(edges[0::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(date.isoformat)
    days_off = draw(st.sets(days, max_size=40))
    make_up = draw(st.dictionaries(days.filter(lambda day: day not in days_off), st.integers(1, 7), max_size=20))
    return Calendar(
        hours=draw(st.dictionaries(st.integers(1, 7), spans(), max_size=6)) | {3: ((480, 1020),)},
        days_off=days_off,
        make_up_workdays=make_up,
        years=YEARS,
        timezone=draw(st.sampled_from(["Asia/Shanghai", "America/New_York"])),
    )


moments = st.datetimes(datetime(2025, 1, 1), datetime(2025, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
terms = st.integers(0, MONTH_OF_MINUTES)


@given(calendars(), moments, terms)
def test_a_term_ends_in_working_time_or_at_its_very_end(calendar: Calendar, start: datetime, minutes: int) -> None:
    due = calendar.add_minutes(start, minutes)

    assert calendar.is_working(due) or calendar.is_working(due - timedelta(microseconds=1))
    assert due >= start


@given(calendars(), moments, terms)
def test_the_minutes_between_start_and_due_are_the_term(calendar: Calendar, start: datetime, minutes: int) -> None:
    due = calendar.add_minutes(start, minutes)

    assert calendar.minutes_between(start, due) == minutes
    assert calendar.worked(since=start, until=due) == timedelta(minutes=minutes)
    assert calendar.minutes_between(due, start) == -minutes


@given(calendars(), moments, terms, terms)
def test_a_split_term_adds_up(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    at_once = calendar.add_minutes(start, first + second)

    in_two_steps = calendar.add_minutes(calendar.add_minutes(start, first), second)

    assert in_two_steps == at_once


@given(calendars(), moments, terms, st.timedeltas(timedelta(), timedelta(days=10)))
def test_a_later_start_is_never_due_earlier(
    calendar: Calendar, start: datetime, minutes: int, later: timedelta
) -> None:
    assert calendar.add_minutes(start, minutes) <= calendar.add_minutes(start + later, minutes)
    assert calendar.next_working(start) <= calendar.next_working(start + later)


@given(calendars(), moments, st.integers(0, 30))
def test_more_days_are_never_due_earlier(calendar: Calendar, start: datetime, days: int) -> None:
    due = calendar.add_days(start, days)

    assert calendar.is_working(due)
    assert start <= due <= calendar.add_days(start, days + 1)


def calls_in(count: Callable[[], datetime]) -> tuple[int, datetime]:
    """How many calls of Python it took, whatever machine it ran on, and its result."""
    calls = 0

    def called(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        result = count()
    finally:
        sys.setprofile(before)
    return calls, result


@given(calendars(), moments, st.integers(0, 50 * MONTH_OF_MINUTES))
def test_a_term_takes_no_more_steps_than_so_many_for_each_day_of_it(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    within = min(minutes, calendar.minutes_between(start, LAST) - 1)

    as_new = replace(calendar)  # It remembers no day yet.
    calls, due = calls_in(lambda: as_new.add_minutes(start, within))

    assert calls <= CALLS_A_DAY * ((due - start).days + 2)


@given(calendars(), moments, moments, moments)
def test_worked_time_adds_up(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.worked(since=a, until=b) + calendar.worked(since=b, until=c) == calendar.worked(since=a, until=c)


@given(calendars(), moments)
def test_nothing_is_worked_before_the_next_opening(calendar: Calendar, at: datetime) -> None:
    opening = calendar.next_working(at)

    assert calendar.is_working(opening)
    assert calendar.worked(since=at, until=opening) == timedelta()
