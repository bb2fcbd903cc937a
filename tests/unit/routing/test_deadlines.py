"""By when: working minutes, minutes round the clock and working days, also where the calendar's lists end."""

from datetime import UTC, datetime

import pytest

from services.routing.domain.deadlines import deadlines, due, run
from services.routing.domain.district import TERM_MINUTES_MAX
from shared.contracts.routing import Clock, Deadlines, Term
from shared.working_time import Calendar

# 08:30 to 17:30 in Shanghai, which is UTC+8.
OFFICE = Calendar(
    hours=dict.fromkeys(range(1, 6), ((510, 1050),)),
    days_off=["2026-10-08"],
    make_up_workdays={"2026-10-10": 5},
    years=[2026],
)
WEDNESDAY_17_00 = datetime(2026, 10, 7, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        pytest.param(
            Term(clock=Clock.ACCEPT, minutes=15, working_time=False),
            datetime(2026, 10, 7, 9, 15, tzinfo=UTC),
            id="round the clock",
        ),
        pytest.param(
            Term(clock=Clock.ACCEPT, minutes=60),
            datetime(2026, 10, 9, 1, 0, tzinfo=UTC),
            id="working minutes leave out the night and the day off",
        ),
        pytest.param(
            Term(clock=Clock.RESOLVE, working_days=2),
            datetime(2026, 10, 10, 9, 0, tzinfo=UTC),
            id="the second working day is a make-up Saturday",
        ),
    ],
)
def test_a_term_runs_out(term: Term, expected: datetime) -> None:
    assert due(term, calendar=OFFICE, start=WEDNESDAY_17_00) == expected


def test_a_term_that_reaches_into_a_year_without_a_list_counts_plain_weekdays_there() -> None:
    wednesday = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)

    late = due(Term(clock=Clock.RESOLVE, working_days=5), calendar=OFFICE, start=wednesday)

    assert late == datetime(2027, 1, 6, 2, 0, tzinfo=UTC)


def test_the_longest_term_that_a_file_may_have_is_counted_through_every_year_that_it_reaches_into() -> None:
    longest = Term(clock=Clock.RESOLVE, minutes=TERM_MINUTES_MAX)

    late = due(longest, calendar=OFFICE, start=WEDNESDAY_17_00)

    assert late.year == 2030


def test_a_clock_without_a_term_has_no_deadline() -> None:
    accept = run(Term(clock=Clock.ACCEPT, minutes=15, working_time=False), calendar=OFFICE, start=WEDNESDAY_17_00)

    worked_out = deadlines({Clock.ACCEPT: accept})

    assert worked_out == Deadlines(accept_by=datetime(2026, 10, 7, 9, 15, tzinfo=UTC), resolve_by=None)
