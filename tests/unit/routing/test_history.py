"""Imported cases: dated as they were, silent, without clocks, and alive again when a reporter disputes the fix."""

from dataclasses import replace
from datetime import datetime

from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import Accept, FailVerification, ImportCase, Reopen, Resolve, Transfer
from services.routing.domain.clocks import TimerWish, timers_after
from shared.contracts.intake import Milestones, Note
from shared.contracts.routing import CaseClosed, CaseReopened, Clock, Deadlines, RoutingEvent
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    COLLEAGUE,
    LEAD,
    OPENED_AT,
    RESOLVE_BY,
    after,
    assignment,
    folded,
    given,
    matter,
    sealed,
)


def row(
    *,
    accepted_at: datetime | None = None,
    resolved_at: datetime | None = None,
    verified_at: datetime | None = None,
    closed_at: datetime | None = None,
) -> ImportCase:
    return ImportCase(
        case_id=CASE_ID,
        matter=matter(),
        text=sealed(),
        assignment=assignment(),
        opened_at=OPENED_AT,
        milestones=Milestones(
            accepted_at=accepted_at, resolved_at=resolved_at, verified_at=verified_at, closed_at=closed_at
        ),
    )


WHOLE = row(accepted_at=after(1), resolved_at=after(600), verified_at=after(660), closed_at=after(661))


def told(events: list[RoutingEvent] | tuple[RoutingEvent, ...]) -> list[tuple[str, datetime]]:
    return [(type(event).__name__, event.at) for event in events]


def test_a_whole_row_becomes_the_cases_events_dated_as_they_were() -> None:
    events = tuple(decide(None, WHOLE))

    assert told(events) == [
        ("CaseOpened", OPENED_AT),
        ("CaseAssigned", OPENED_AT),
        ("CaseAccepted", after(1)),
        ("CaseResolved", after(600)),
        ("VerificationPassed", after(660)),
        ("CaseClosed", after(661)),
    ]
    assert all(event.history for event in events)


def test_deadlines_are_those_of_then_and_no_timer_is_wanted() -> None:
    case = given(WHOLE)

    assert case.deadlines == Deadlines(accept_by=ACCEPT_BY, resolve_by=RESOLVE_BY)
    assert timers_after(None, case) == []


def test_an_imported_case_closes_in_time_by_the_deadline_of_then() -> None:
    *_, closed = decide(None, WHOLE)

    assert isinstance(closed, CaseClosed)
    assert closed.in_time is True


def test_notes_stand_between_the_milestones_by_their_time() -> None:
    notes = (Note(at=after(900), text=sealed()), Note(at=after(30), text=sealed()))

    events = tuple(decide(None, replace(WHOLE, notes=notes)))

    assert [name for name, _ in told(events)] == [
        "CaseOpened",
        "CaseAssigned",
        "CaseAccepted",
        "CaseNoted",
        "CaseResolved",
        "VerificationPassed",
        "CaseClosed",
        "CaseNoted",
    ]


def test_a_row_without_an_outcome_stays_open_and_history() -> None:
    case = given(row(accepted_at=after(1)))

    assert (case.status, case.history) == (Status.ACCEPTED, True)
    assert timers_after(None, case) == []


def test_a_row_that_dates_verification_before_resolution_still_ends_closed() -> None:
    case = given(row(accepted_at=after(1), resolved_at=after(700), verified_at=after(660), closed_at=after(701)))

    assert case.status is Status.CLOSED


def test_acts_on_open_history_stay_history_and_start_no_clock() -> None:
    before = given(row())
    transfer = Transfer(by=LEAD, to_unit="property", accept_by=after(30), directory_version=4, now=after(5))

    events = decide(before, transfer)

    assert all(event.history for event in events)
    case = folded(before, events)
    assert case is not None
    assert timers_after(before, case) == []


def test_rework_on_history_starts_no_clock() -> None:
    before = given(row(), Accept(by=LEAD, now=after(1)), Resolve(by=LEAD, now=after(2)))
    fail = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(500), now=after(3))

    case = folded(before, decide(before, fail))

    assert case is not None
    assert timers_after(before, case) == []
    assert case.deadlines.resolve_by == after(500)


def test_a_disputed_fix_on_history_opens_the_case_for_real() -> None:
    before: Case = given(WHOLE)
    deadlines = Deadlines(accept_by=after(3000), resolve_by=after(4000))

    (reopened,) = decide(before, Reopen(words=sealed(), deadlines=deadlines, now=after(2900)))

    assert isinstance(reopened, CaseReopened)
    assert reopened.history is False
    case = folded(before, [reopened])
    assert case is not None
    assert timers_after(before, case) == [
        TimerWish(kind=Clock.ACCEPT, generation=1, due_at=after(3000)),
        TimerWish(kind=Clock.RESOLVE, generation=1, due_at=after(4000)),
    ]
