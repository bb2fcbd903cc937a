"""The clocks of a case: which timers it wants, what a missed one brings about, and which have become stale."""

from datetime import datetime

import pytest

from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import (
    Accept,
    Close,
    Command,
    DeadlineReached,
    FailVerification,
    PassVerification,
    Reopen,
    Resolve,
    Return,
)
from services.routing.domain.clocks import TimerWish, timers_after
from shared.contracts.routing import CaseEscalated, Clock, DeadlineMissed, Deadlines
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    COLLEAGUE,
    LEAD,
    RESOLVE_BY,
    after,
    folded,
    given,
    matter,
    open_case,
    sealed,
)

ACCEPT = Accept(by=LEAD, now=after(1))
NEXT_DUE = after(30)


def reached(
    *, generation: int, now: datetime, next_unit: str | None = "grid", next_due: datetime | None = NEXT_DUE
) -> DeadlineReached:
    return DeadlineReached(clock=Clock.ACCEPT, generation=generation, next_unit=next_unit, next_due=next_due, now=now)


def wishes(case: Case | None, command: Command) -> list[TimerWish]:
    now = folded(case, decide(case, command))
    assert now is not None
    return timers_after(case, now)


def test_an_opened_case_wants_a_timer_for_each_of_its_deadlines() -> None:
    wanted = wishes(None, open_case())

    assert wanted == [
        TimerWish(kind=Clock.ACCEPT, generation=1, due_at=ACCEPT_BY),
        TimerWish(kind=Clock.RESOLVE, generation=1, due_at=RESOLVE_BY),
    ]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(ACCEPT, id="accepting only stops"),
        pytest.param(
            Return(by=LEAD, reason=sealed(), accept_by=after(99), to_unit="grid", now=after(1)), id="returning runs on"
        ),
    ],
)
def test_no_timer_is_wanted_where_no_clock_was_set(command: Command) -> None:
    case = given(open_case())

    assert wishes(case, command) == []


def test_rework_wants_a_new_timer_of_the_next_generation() -> None:
    case = given(open_case(), ACCEPT, Resolve(by=LEAD, now=after(2)))
    fail = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(500), now=after(3))

    wanted = wishes(case, fail)

    assert wanted == [TimerWish(kind=Clock.RESOLVE, generation=2, due_at=after(500))]


def test_reopening_wants_both_timers_anew() -> None:
    case = given(
        open_case(),
        ACCEPT,
        Resolve(by=LEAD, now=after(2)),
        PassVerification(by=COLLEAGUE, now=after(3)),
        Close(by=COLLEAGUE, now=after(4)),
    )
    deadlines = Deadlines(accept_by=after(600), resolve_by=after(700))

    wanted = wishes(case, Reopen(words=sealed(), deadlines=deadlines, now=after(500)))

    assert wanted == [
        TimerWish(kind=Clock.ACCEPT, generation=2, due_at=after(600)),
        TimerWish(kind=Clock.RESOLVE, generation=2, due_at=after(700)),
    ]


def test_a_missed_deadline_is_told_to_the_next_level() -> None:
    case = given(open_case())

    events = decide(case, reached(generation=1, now=ACCEPT_BY))

    assert events == (
        DeadlineMissed(
            case_id=CASE_ID,
            at=ACCEPT_BY,
            clock=Clock.ACCEPT,
            unit="committee",
            matter=matter(),
            deadline=ACCEPT_BY,
        ),
        CaseEscalated(
            case_id=CASE_ID,
            at=ACCEPT_BY,
            clock=Clock.ACCEPT,
            level=1,
            from_unit="committee",
            to_unit="grid",
            matter=matter(),
            next_due=after(30),
        ),
    )


def test_after_an_escalation_the_timer_of_the_level_above_is_wanted() -> None:
    case = given(open_case())

    wanted = wishes(case, reached(generation=1, now=ACCEPT_BY))

    assert wanted == [TimerWish(kind=Clock.ACCEPT, generation=2, due_at=after(30))]


def test_the_second_step_of_the_ladder_tells_the_town_and_misses_no_second_deadline() -> None:
    case = given(open_case(), reached(generation=1, now=ACCEPT_BY))

    events = decide(case, reached(generation=2, now=after(30), next_unit="town"))

    assert [type(event) for event in events] == [CaseEscalated]
    assert isinstance(events[0], CaseEscalated)
    assert (events[0].level, events[0].to_unit) == (2, "town")


def test_above_the_last_level_nobody_is_told_and_no_timer_is_wanted() -> None:
    case = given(open_case())
    last = reached(generation=1, now=ACCEPT_BY, next_unit=None, next_due=None)

    events = decide(case, last)

    assert [type(event) for event in events] == [DeadlineMissed]
    assert wishes(case, last) == []


def test_a_returned_case_escalates_like_any_other() -> None:
    case = given(open_case(), Return(by=LEAD, reason=sealed(), accept_by=None, to_unit="grid", now=after(1)))

    missed, escalated = decide(case, reached(generation=1, now=ACCEPT_BY))

    assert isinstance(missed, DeadlineMissed)
    assert missed.unit is None
    assert isinstance(escalated, CaseEscalated)
    assert (escalated.from_unit, escalated.to_unit) == (None, "grid")


@pytest.mark.parametrize(
    ("before", "timer"),
    [
        pytest.param([ACCEPT], reached(generation=1, now=ACCEPT_BY), id="its reason has gone"),
        pytest.param([], reached(generation=2, now=ACCEPT_BY), id="its generation never was"),
        pytest.param([], reached(generation=1, now=after(14)), id="it comes too early"),
        pytest.param(
            [reached(generation=1, now=ACCEPT_BY)],
            reached(generation=1, now=after(31)),
            id="a later one stands",
        ),
    ],
)
def test_a_timer_decides_nothing_when(before: list[Command], timer: DeadlineReached) -> None:
    case = given(open_case(), *before)

    assert decide(case, timer) == ()
