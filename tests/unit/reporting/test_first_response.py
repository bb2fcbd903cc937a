"""First response: working minutes of the unit that accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.first_response import Acceptance, FirstResponse, first_response, response_minutes
from shared.working_time import Calendar

# Monday to Friday, 08:30 to 17:00; the Tomb-Sweeping holiday of 2026 is 4 to 6 April.
OFFICE = Calendar(
    hours=dict.fromkeys(range(1, 6), ((510, 1020),)),
    days_off=("2026-04-04", "2026-04-05", "2026-04-06"),
    years=(2026,),
)
CALENDARS = {"committee": OFFICE}
FRIDAY_16_30 = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)
TUESDAY_08_40 = datetime(2026, 4, 7, 0, 40, tzinfo=UTC)


def acceptance(opened_at: datetime, accepted_at: datetime, unit: str | None = "committee") -> Acceptance:
    return Acceptance(unit=unit, opened_at=opened_at, accepted_at=accepted_at)


def test_a_holiday_weekend_is_no_waiting_time() -> None:
    assert response_minutes(acceptance(FRIDAY_16_30, TUESDAY_08_40), CALENDARS) == 40


def test_a_unit_whose_calendar_is_not_known_says_nothing() -> None:
    assert response_minutes(acceptance(FRIDAY_16_30, TUESDAY_08_40, unit="police"), CALENDARS) is None


def test_an_acceptance_before_the_report_says_nothing() -> None:
    assert response_minutes(acceptance(TUESDAY_08_40, FRIDAY_16_30), CALENDARS) is None


def test_a_year_whose_list_is_not_known_counts_plain_weekdays() -> None:
    monday = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)

    assert response_minutes(acceptance(monday, monday + timedelta(minutes=25)), CALENDARS) == 25


def test_of_nobody_there_is_no_median() -> None:
    assert first_response([]) == FirstResponse(count=0)


@pytest.mark.parametrize(
    ("minutes", "median", "p90"),
    [
        ([7], 7.0, 7),
        ([4, 1], 2.5, 4),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5.5, 9),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 6.0, 10),
    ],
)
def test_median_is_the_middle_and_p90_what_nine_in_ten_do_not_exceed(
    minutes: list[int], median: float, p90: int
) -> None:
    assert first_response(minutes) == FirstResponse(count=len(minutes), median_minutes=median, p90_minutes=p90)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_nine_in_ten_do_not_exceed_p90_and_fewer_would_not_do(minutes: list[int]) -> None:
    p90 = first_response(minutes).p90_minutes

    assert p90 is not None
    assert 10 * sum(each <= p90 for each in minutes) >= 9 * len(minutes)
    assert 10 * sum(each < p90 for each in minutes) < 9 * len(minutes)
