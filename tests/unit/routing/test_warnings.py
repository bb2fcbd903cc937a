"""催办: before its deadline a clock reminds its unit, each time once, and never when it is too late to be of use."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    AskExtension,
    BlowWhistle,
    Call,
    DeadlineReached,
    GrantExtension,
    OpenCase,
    ReportIn,
    Transfer,
)
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.deadlines import warnings
from services.routing.domain.district import TermEntry
from shared.contracts.routing import CaseEscalated, Clock, DeadlineMissed, Deadlines, DeadlineWarned, Term
from shared.working_time import Calendar
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RESOLVE_BY,
    after,
    assignment,
    folded,
    given,
    matter,
    open_case,
    sealed,
)

OFFICE = Calendar(hours=dict.fromkeys(range(1, 6), ((510, 1050),)), days_off=[], make_up_workdays={}, years=[2026])
# Half way and at four fifths of the quarter of an hour that the committee has to accept; one for the day to resolve.
DUE = Deadlines(
    accept_by=ACCEPT_BY,
    resolve_by=RESOLVE_BY,
    accept_warnings=(after(7), after(12)),
    resolve_warnings=(after(1152),),
)


def open_with_warnings() -> OpenCase:
    return replace(open_case(), assignment=replace(assignment(), deadlines=DUE))


def reached(case: Case, now: datetime, clock: Clock = Clock.ACCEPT, called: str | None = None) -> DeadlineReached:
    generation = case.countdown(clock, called).generation
    return DeadlineReached(
        clock=clock, called=called, generation=generation, next_unit="grid", next_due=after(60), now=now
    )


def warned(case: Case, now: datetime) -> Case:
    state = folded(case, decide(case, reached(case, now)))
    assert state is not None
    return state


def test_a_clock_wants_one_timer_and_that_is_of_its_first_warning() -> None:
    case = given(open_with_warnings())

    assert timers_after(None, case) == [
        TimerWish(kind=Clock.ACCEPT, generation=1, due_at=after(7)),
        TimerWish(kind=Clock.RESOLVE, generation=1, due_at=after(1152)),
    ]


def test_the_unit_that_must_act_is_reminded_and_nobody_else() -> None:
    case = given(open_with_warnings())

    events = decide(case, reached(case, after(7)))

    assert events == (
        DeadlineWarned(
            case_id=CASE_ID,
            at=after(7),
            clock=Clock.ACCEPT,
            unit="committee",
            matter=matter(),
            deadline=ACCEPT_BY,
            next_due=after(12),
        ),
    )


def test_after_the_first_warning_comes_the_second_and_then_the_deadline_with_its_ladder() -> None:
    case = given(open_with_warnings())

    once = warned(case, after(7))
    twice = warned(once, after(12))

    assert timers_after(case, once) == [TimerWish(kind=Clock.ACCEPT, generation=2, due_at=after(12))]
    assert timers_after(once, twice) == [TimerWish(kind=Clock.ACCEPT, generation=3, due_at=ACCEPT_BY)]
    assert [type(event) for event in decide(twice, reached(twice, ACCEPT_BY))] == [DeadlineMissed, CaseEscalated]


def test_of_two_warnings_that_passed_during_an_outage_one_is_given() -> None:
    case = given(open_with_warnings())

    (warning,) = decide(case, reached(case, after(13)))

    assert isinstance(warning, DeadlineWarned)
    assert warning.next_due == ACCEPT_BY


def test_a_warning_that_would_come_after_the_deadline_gives_way_to_the_miss_which_says_how_late_it_is() -> None:
    case = given(open_with_warnings())

    missed, _ = decide(case, reached(case, after(200)))

    assert isinstance(missed, DeadlineMissed)
    assert (missed.at, missed.deadline) == (after(200), ACCEPT_BY)


def test_who_has_acted_is_not_reminded() -> None:
    case = given(open_with_warnings(), Accept(by=LEAD, now=after(1)))

    assert decide(case, replace(reached(case, after(7)), generation=1)) == ()


def test_a_case_from_before_there_were_warnings_goes_by_its_deadline() -> None:
    case = given(open_case())

    assert [wish.due_at for wish in timers_after(None, case)] == [ACCEPT_BY, RESOLVE_BY]
    assert isinstance(decide(case, reached(case, ACCEPT_BY))[0], DeadlineMissed)


def test_a_transfer_leaves_the_resolve_clock_its_warnings_and_starts_those_of_accepting_anew() -> None:
    case = given(
        open_with_warnings(),
        Transfer(
            by=LEAD,
            to_unit="property",
            accept_by=after(25),
            warnings=(after(22),),
            directory_version=1,
            now=after(10),
        ),
    )

    assert (case.accept.due_at, case.accept.deadline) == (after(22), after(25))
    assert case.resolve.due_at == after(1152)


def test_more_time_brings_its_own_warnings() -> None:
    case = given(
        open_with_warnings(),
        Accept(by=LEAD, now=after(1)),
        AskExtension(by=LEAD, reason=sealed(), resolve_by=after(3000), now=after(2)),
        GrantExtension(by=DISPATCHER, warnings=(after(2400),), now=after(3)),
    )

    assert (case.resolve.due_at, case.resolve.deadline) == (after(2400), after(3000))


def test_a_called_unit_is_reminded_to_report_in_until_it_does() -> None:
    call = Call(unit="property", report_by=after(20), warnings=(after(16),))
    case = given(open_case(), BlowWhistle(by=DISPATCHER, calls=(call,), task=sealed(), now=after(4)))

    (warning,) = decide(case, reached(case, after(16), Clock.REPORT_IN, "property"))
    there = folded(case, decide(case, ReportIn(by=PROPERTY, now=after(10))))

    assert isinstance(warning, DeadlineWarned)
    assert (warning.unit, warning.deadline) == ("property", after(20))
    assert there is not None
    assert decide(there, reached(there, after(16), Clock.REPORT_IN, "property")) == ()


@pytest.mark.parametrize(
    ("term", "start", "deadline", "expected"),
    [
        pytest.param(
            Term(clock=Clock.ACCEPT, minutes=60, warn_at=(80,)),
            datetime(2026, 4, 28, 9, 0, tzinfo=UTC),
            datetime(2026, 4, 29, 1, 0, tzinfo=UTC),
            (datetime(2026, 4, 29, 0, 48, tzinfo=UTC),),
            id="working time: in the next morning, not in the night between",
        ),
        pytest.param(
            Term(clock=Clock.ACCEPT, minutes=60, working_time=False, warn_at=(50, 80)),
            datetime(2026, 4, 28, 9, 0, tzinfo=UTC),
            datetime(2026, 4, 28, 10, 0, tzinfo=UTC),
            (datetime(2026, 4, 28, 9, 30, tzinfo=UTC), datetime(2026, 4, 28, 9, 48, tzinfo=UTC)),
            id="round the clock: of the time itself",
        ),
        pytest.param(
            Term(clock=Clock.RESOLVE, working_days=5, warn_at=(80,)),
            datetime(2026, 4, 20, 2, 0, tzinfo=UTC),
            datetime(2026, 4, 27, 2, 0, tzinfo=UTC),
            (datetime(2026, 4, 24, 2, 0, tzinfo=UTC),),
            id="of five working days, a working day before: on Friday, not on Sunday",
        ),
    ],
)
def test_a_warning_is_counted_as_its_term_is(
    term: Term, start: datetime, deadline: datetime, expected: tuple[datetime, ...]
) -> None:
    assert warnings(term, calendar=OFFICE, start=start, deadline=deadline) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (TermEntry(minutes=60), (80,)),
        (TermEntry(working_days=5), (80,)),
        (TermEntry(minutes=9), ()),
        (TermEntry(minutes=60, warn_at=()), ()),
        (TermEntry(minutes=60, warn_at=(25, 50)), (25, 50)),
    ],
)
def test_a_term_warns_as_the_file_says_and_else_at_four_fifths_unless_it_is_too_short(
    term: TermEntry, expected: tuple[int, ...]
) -> None:
    assert term.warn_points() == expected
