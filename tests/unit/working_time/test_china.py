"""China's calendar against the official lists, day by day, with a second library's opinion."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from shared.working_time import UnknownYearError
from shared.working_time.china import china_calendar, official_year
from tests.unit.working_time.published import YEARS, days_of, differing_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY_DAY = [day for year in YEARS for day in days_of(year)]


def test_every_day_of_2025_and_2026_is_a_workday_where_the_official_list_says_so() -> None:
    assert len(EVERY_DAY) == 730
    assert {year: differing_days(year) for year in YEARS} == {2025: [], 2026: []}


def test_a_second_library_agrees_on_every_day() -> None:
    calendar = china_calendar((2025, 2026))

    worked = [day for day in EVERY_DAY if calendar.is_workday(day)]

    assert worked == [day for day in EVERY_DAY if chinese_calendar.is_workday(day)]


def test_eleven_weekend_days_of_two_years_are_made_up_for() -> None:
    assert official_year(2025).make_up_workdays + official_year(2026).make_up_workdays == (
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    )


def test_a_term_over_the_labour_day_holiday_counts_the_saturday_that_makes_up_for_it() -> None:
    calendar = china_calendar((2026,))
    thursday_before = datetime(2026, 4, 30, 9, 0, tzinfo=SHANGHAI)

    due = calendar.add_days(thursday_before, 4)

    assert due == datetime(2026, 5, 9, 1, 0, tzinfo=UTC)


def test_a_year_whose_notice_is_not_out_yet_is_refused() -> None:
    with pytest.raises(UnknownYearError) as refused:
        china_calendar((2026, 2027))

    assert refused.value.year == 2027
