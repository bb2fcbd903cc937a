"""Periods: whole days of Shanghai, the first in it, the last not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.reporting.domain.errors import (
    PeriodEmptyError,
    PeriodNotBegunError,
    PeriodTooEarlyError,
    PeriodTooLongError,
)
from services.reporting.domain.period import Period

NOW = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
MUCH_LATER = datetime(2027, 1, 1, tzinfo=UTC)
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))


def test_a_month_begins_and_ends_at_midnight_in_shanghai() -> None:
    april = Period.of_month(2026, 4)

    assert april == APRIL
    assert april.starts == datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert april.ends == datetime(2026, 4, 30, 16, 0, tzinfo=UTC)


def test_december_ends_in_the_next_year() -> None:
    assert Period.of_month(2026, 12) == Period(date(2026, 12, 1), date(2027, 1, 1))


def test_a_period_that_still_runs_is_told_until_now() -> None:
    assert APRIL.told_until(NOW) == NOW


def test_a_period_that_is_over_is_told_until_its_end() -> None:
    assert APRIL.told_until(datetime(2026, 6, 1, tzinfo=UTC)) == APRIL.ends


def test_days_that_have_not_begun_are_not_told() -> None:
    days = APRIL.days(NOW)

    assert (len(days), days[0].first_day, days[-1].first_day) == (10, date(2026, 4, 1), date(2026, 4, 10))


def test_weeks_begin_on_monday_and_end_where_the_period_does() -> None:
    weeks = [(week.first_day.day, week.day_after.day) for week in APRIL.weeks(MUCH_LATER)]

    assert weeks == [(1, 6), (6, 13), (13, 20), (20, 27), (27, 1)]


def test_months_are_those_of_the_calendar() -> None:
    spring = Period(date(2026, 3, 15), date(2026, 5, 2))

    assert spring.months(MUCH_LATER) == [
        Period(date(2026, 3, 15), date(2026, 4, 1)),
        APRIL,
        Period(date(2026, 5, 1), date(2026, 5, 2)),
    ]


def test_weeks_that_have_not_begun_are_not_told() -> None:
    assert [week.first_day for week in APRIL.weeks(NOW)] == [date(2026, 4, 1), date(2026, 4, 6)]


def test_a_period_must_end_after_it_begins() -> None:
    with pytest.raises(PeriodEmptyError):
        Period(date(2026, 4, 1), date(2026, 4, 1)).checked(NOW, days_max=366)


@pytest.mark.parametrize("first_day", [date.min, date(1999, 12, 31)])
def test_a_period_may_not_begin_before_there_were_figures(first_day: date) -> None:
    with pytest.raises(PeriodTooEarlyError):
        Period(first_day, first_day + timedelta(days=31)).checked(NOW, days_max=366)


def test_a_period_must_have_begun() -> None:
    with pytest.raises(PeriodNotBegunError):
        Period.of_month(2026, 5).checked(NOW, days_max=366)


def test_a_period_may_not_be_longer_than_can_be_told() -> None:
    with pytest.raises(PeriodTooLongError):
        APRIL.checked(NOW, days_max=29)


@pytest.mark.parametrize(
    ("period", "called"),
    [
        (Period.of_month(2026, 12), "2026-12"),
        (Period(date(2028, 2, 1), date(2028, 2, 29)), "2028-02-01 – 2028-02-28"),
        (Period(date(2026, 4, 30), date(2026, 5, 1)), "2026-04-30"),
        (Period(date(2026, 1, 1), date(2027, 1, 1)), "2026-01-01 – 2026-12-31"),
    ],
)
def test_it_is_called_by_its_month_or_by_its_first_and_last_day(period: Period, called: str) -> None:
    assert period.called == called
