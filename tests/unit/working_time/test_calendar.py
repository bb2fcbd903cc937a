"""Working time, minute by minute: what a clock of the pilot's property company may count."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.working_time import Calendar, CalendarNotValidError, UnknownYearError

SHANGHAI = ZoneInfo("Asia/Shanghai")

# 8:30-11:30 and 13:00-17:00 on weekdays, 9:00-12:00 on Saturdays; Monday the 6th is off, Sunday the 12th is worked.
PROPERTY = Calendar(
    hours={**dict.fromkeys(range(1, 6), ((510, 690), (780, 1020))), 6: ((540, 720),)},
    days_off=("2026-04-06",),
    make_up_workdays={"2026-04-12": 1},
    years=(2026,),
)


def april(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "working"),
    [
        (april(7, 8, 29, 59), False),
        (april(7, 8, 30), True),
        (april(7, 11, 29, 59), True),
        (april(7, 11, 30), False),
        (april(7, 12, 15), False),
        (april(7, 13, 0), True),
        (april(7, 17, 0), False),
        (april(6, 10, 0), False),
        (april(11, 11, 0), True),
        (april(11, 14, 0), False),
        (april(12, 14, 0), True),
        (april(19, 14, 0), False),
    ],
)
def test_working_time_is_open_at_its_end(at: datetime, working: bool) -> None:
    assert PROPERTY.is_working(at) is working


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (april(7, 9, 0), 30, april(7, 9, 30)),
        (april(7, 9, 0, 17), 30, april(7, 9, 30, 17)),
        (april(7, 11, 0), 60, april(7, 13, 30)),
        (april(7, 16, 30), 30, april(7, 17, 0)),
        (april(7, 16, 30), 31, april(8, 8, 31)),
        (april(3, 16, 30), 60, april(4, 9, 30)),
        (april(4, 11, 30), 60, april(7, 9, 0)),
        (april(11, 20, 0), 60, april(12, 9, 30)),
        (april(7, 6, 0), 0, april(7, 8, 30)),
        (april(7, 9, 0), 0, april(7, 9, 0)),
        (april(7, 17, 0), 0, april(7, 17, 0)),
    ],
)
def test_a_term_runs_in_working_time_only(start: datetime, minutes: int, due: datetime) -> None:
    assert PROPERTY.add_minutes(start, minutes) == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (april(7, 9, 0), 1, april(8, 9, 0)),
        (april(3, 9, 0), 2, april(7, 9, 0)),
        (april(7, 20, 0), 1, april(9, 8, 30)),
        (april(7, 6, 0), 1, april(8, 8, 30)),
        (april(5, 10, 0), 1, april(8, 8, 30)),
        (april(10, 16, 0), 1, april(12, 8, 30)),
        (april(11, 11, 45), 1, april(12, 13, 0)),
        (april(10, 16, 0), 2, april(12, 16, 0)),
        (april(7, 6, 0), 0, april(7, 8, 30)),
    ],
)
def test_days_keep_the_time_of_day_and_never_give_less_than_promised(start: datetime, days: int, due: datetime) -> None:
    assert PROPERTY.add_days(start, days) == due


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (april(7, 9, 0), april(7, 9, 0)),
        (april(7, 11, 30), april(7, 13, 0)),
        (april(4, 12, 0), april(7, 8, 30)),
        (april(11, 12, 0), april(12, 8, 30)),
    ],
)
def test_the_next_opening_skips_breaks_and_days_off(at: datetime, opening: datetime) -> None:
    assert PROPERTY.next_working(at) == opening


@pytest.mark.parametrize(
    ("a", "b", "minutes"),
    [
        (april(7, 9, 0), april(7, 9, 30), 30),
        (april(7, 9, 0, 30), april(7, 9, 30), 29),
        (april(7, 11, 0), april(7, 13, 30), 60),
        (april(3, 16, 0), april(7, 9, 0), 60 + 180 + 30),
        (april(4, 13, 0), april(7, 8, 0), 0),
        (april(7, 9, 30), april(7, 9, 0), -30),
    ],
)
def test_minutes_between_counts_whole_minutes_of_working_time(a: datetime, b: datetime, minutes: int) -> None:
    assert PROPERTY.minutes_between(a, b) == minutes


def test_worked_time_is_exact_to_the_second() -> None:
    assert PROPERTY.worked(since=april(7, 11, 29, 15), until=april(7, 13, 0, 5)) == timedelta(seconds=50)


def test_answers_are_utc() -> None:
    due = PROPERTY.add_minutes(april(7, 9, 0), 30)

    assert due.tzinfo is UTC
    assert due == datetime(2026, 4, 7, 1, 30, tzinfo=UTC)


def test_a_night_shift_runs_over_midnight() -> None:
    night = Calendar(
        hours=dict.fromkeys(range(1, 8), ((0, 360), (1320, 1440))),
        years=(2026,),
    )

    assert night.add_minutes(april(7, 23, 0), 90) == april(8, 0, 30)
    assert night.add_minutes(april(7, 12, 0), 60) == april(7, 23, 0)


def test_a_day_of_23_hours_has_23_hours() -> None:
    boston = ZoneInfo("America/New_York")
    round_the_clock = Calendar(
        hours=dict.fromkeys(range(1, 8), ((0, 1440),)), years=(2026,), timezone="America/New_York"
    )

    passed = round_the_clock.minutes_between(
        datetime(2026, 3, 8, tzinfo=boston),
        datetime(2026, 3, 9, tzinfo=boston),
    )

    assert passed == 23 * 60


def test_walking_into_a_year_without_a_list_is_refused_by_its_number() -> None:
    new_years_eve = datetime(2026, 12, 31, 16, 0, tzinfo=SHANGHAI)

    assert PROPERTY.add_minutes(new_years_eve, 60) == datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI)
    for walk in (
        lambda: PROPERTY.add_minutes(new_years_eve, 61),
        lambda: PROPERTY.add_days(new_years_eve, 1),
        lambda: PROPERTY.next_working(new_years_eve + timedelta(hours=2)),
        lambda: PROPERTY.minutes_between(new_years_eve, new_years_eve + timedelta(days=2)),
        lambda: PROPERTY.is_working(new_years_eve + timedelta(days=1)),
        lambda: PROPERTY.is_workday(date(2027, 1, 1)),
    ):
        with pytest.raises(UnknownYearError) as refused:
            walk()
        assert refused.value.year == 2027


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        PROPERTY.add_minutes(datetime(2026, 4, 7, 9, 0), 30)  # noqa: DTZ001 - the naive moment is what is tested


def test_a_negative_term_is_refused() -> None:
    with pytest.raises(ValueError, match="runs forward"):
        PROPERTY.add_days(april(7, 9), -1)


@pytest.mark.parametrize(
    ("plain", "field_name"),
    [
        ({"hours": {}}, "hours"),
        ({"hours": {1: ()}}, "hours"),
        ({"hours": {0: ((510, 690),)}}, "hours"),
        ({"hours": {1: ((690, 510),)}}, "hours"),
        ({"hours": {1: ((510, 690), (600, 720))}}, "hours"),
        ({"hours": {1: ((510, 1441),)}}, "hours"),
        ({"days_off": ("2026-4-6",)}, "days_off"),
        ({"days_off": ("20260406",)}, "days_off"),
        ({"days_off": ("2026-02-29",)}, "days_off"),
        ({"make_up_workdays": {"2026-04-12": 8}}, "make_up_workdays"),
        ({"make_up_workdays": {"2026-04-06": 1}, "days_off": ("2026-04-06",)}, "make_up_workdays"),
        ({"timezone": "Asia/Nowhere"}, "timezone"),
    ],
)
def test_hours_that_are_none_are_refused_by_field(plain: dict[str, Any], field_name: str) -> None:
    fields: dict[str, Any] = {"hours": {1: ((510, 690),)}, "years": (2026,)} | plain

    with pytest.raises(CalendarNotValidError) as refused:
        Calendar(**fields)

    assert refused.value.field_name == field_name
