"""Boston's 905 requests of 2015: an independent city's clock and on-time flags, row by row."""

from tests.unit.working_time.published import CALENDAR, ROWS, differing_flags, differing_targets, moment, target


def test_all_905_requests_are_carried() -> None:
    assert len(ROWS) == 905


def test_five_working_days_give_the_target_that_boston_printed() -> None:
    assert differing_targets() == []


def test_overdue_is_closed_or_still_open_after_the_target() -> None:
    assert differing_flags() == []


def test_requests_opened_outside_working_time_are_due_at_half_past_eight_exactly() -> None:
    outside = [row for row in ROWS if not CALENDAR.is_working(moment(row["OPEN_DT"]))]

    assert len(outside) == 232
    assert [target(row) for row in outside] == [moment(row["TARGET_DT"]) for row in outside]
