"""A case's row after its events, however they fall into batches, says what the case itself says."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    AddNote,
    AskExtension,
    AskSuspension,
    Close,
    Command,
    EndSuspension,
    FailVerification,
    GrantExtension,
    GrantSuspension,
    MoveCase,
    PassVerification,
    RecomputeDeadlines,
    Reopen,
    Resolve,
    Return,
    Transfer,
)
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.case.relocation import Instead
from services.routing.domain.errors import RoutingError
from services.routing.projections import Columns, collapsed, questions_of
from shared.contracts.routing import Clock, Deadlines, RoutingEvent
from shared.kernel.event_store import Recorded
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    RESOLVE_BY,
    after,
    folded,
    open_case,
    sealed,
)

COUNTED_BY_ANOTHER_CALENDAR = (
    Recounted(clock=Clock.ACCEPT, unit="committee", before=ACCEPT_BY, after=ACCEPT_BY + timedelta(hours=1)),
    Recounted(clock=Clock.FIRST_RESPONSE, unit="committee", before=after(60), after=after(90)),
    Recounted(clock=Clock.RESOLVE, unit="committee", before=RESOLVE_BY, after=RESOLVE_BY - timedelta(hours=1)),
)
OPENED = replace(
    open_case(),
    assignment=replace(
        open_case().assignment,
        deadlines=Deadlines(accept_by=ACCEPT_BY, resolve_by=RESOLVE_BY, first_response_by=after(60)),
    ),
)


def command_at(number: int, minutes: int) -> Command:
    now = after(minutes)
    commands: list[Command] = [
        Accept(by=LEAD, now=now),
        Return(by=LEAD, reason=sealed(), accept_by=after(minutes + 15), to_unit="grid", now=now),
        Transfer(by=DISPATCHER, to_unit="committee", accept_by=after(minutes + 15), directory_version=3, now=now),
        Transfer(by=DISPATCHER, to_unit="property", accept_by=after(minutes + 15), directory_version=3, now=now),
        AddNote(by=LEAD, note=sealed(), now=now),
        Resolve(by=LEAD, to_unit="grid", verify_by=after(minutes + 120), now=now),
        PassVerification(by=COLLEAGUE, now=now),
        FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(minutes + 60), now=now),
        Close(by=COLLEAGUE, now=now),
        AskExtension(by=LEAD, reason=sealed(), resolve_by=after(9_000 + minutes), now=now),
        GrantExtension(by=DISPATCHER, now=now),
        AskSuspension(by=LEAD, reason=sealed(), until=after(9_000 + minutes), now=now),
        GrantSuspension(by=DISPATCHER, now=now),
        EndSuspension(by=DISPATCHER, resolve_by=after(9_500 + minutes), now=now),
        Reopen(words=sealed(), deadlines=Deadlines(accept_by=after(minutes + 15), resolve_by=None), now=now),
        RecomputeDeadlines(edition=4, clocks=COUNTED_BY_ANOTHER_CALENDAR, now=now),
        MoveCase(
            to_unit="committee",
            keeps_unit=True,
            verifier=Instead(unit="other-grid", due_by=after(minutes + 90)),
            answers={"committee": Instead(unit="other-grid", due_by=after(minutes + 30))},
            directory_version=4,
            now=now,
        ),
    ]
    return commands[number]


def told(numbers: list[int]) -> tuple[Case, list[RoutingEvent]]:
    """A case's life as far as the decider lets these commands lead it."""
    events = list(decide(None, OPENED))
    case = folded(None, events)
    for minutes, number in enumerate(numbers, 1):
        try:
            decided = decide(case, command_at(number, minutes))
        except RoutingError:
            continue
        events.extend(decided)
        case = folded(case, decided)
    assert case is not None
    return case, events


def row_of(events: list[RoutingEvent], cut: int) -> Columns:
    """The row after two batches, cut somewhere behind the first event."""
    recorded = [Recorded(f"case-{CASE_ID}", n, uuid4(), event) for n, event in enumerate(events, 1)]
    begun, _ = collapsed(recorded[:cut])
    _, changed = collapsed(recorded[cut:])
    return begun[CASE_ID] | changed.get(CASE_ID, {})


@for_all(st.lists(st.integers(0, 16), max_size=12), st.integers(1, 14))
def test_the_row_says_what_the_case_says(numbers: list[int], cut: int) -> None:
    case, events = told(numbers)

    row = row_of(events, min(cut, len(events)))

    assert (row["status"], row["unit"], row["version"]) == (case.status, case.unit, len(events))
    assert row["accept_by"] == written(case.accept.deadline)
    assert row["first_response_by"] == written(case.first_response.deadline)
    assert row["resolve_by"] == written(case.resolve.deadline)
    until = case.suspension.until if case.suspension and case.is_suspended else None
    assert row.get("suspended_until") == written(until)
    assert row.get("verify_by") == written(case.verify.deadline if case.status is Status.RESOLVED else None)
    assert row.get("verifier") in (None, case.verifier)
    rows = questions_of([Recorded(f"case-{CASE_ID}", n, uuid4(), event) for n, event in enumerate(events, 1)])
    waiting = {each.asked_by: (each.to_unit, each.answer.deadline) for each in case.questions.values() if each.waits}
    assert {of[1]: row[1:] for of, row in rows.items() if row is not None} == waiting


def written(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def test_a_case_that_just_began_is_one_row_with_its_unit_and_deadlines() -> None:
    row = row_of(list(decide(None, open_case())), 2)

    assert row["status"] == "assigned"
    assert row["unit"] == "committee"
    assert row["urgent"] is True
    assert (row["accept_by"], row["resolve_by"]) == (ACCEPT_BY.isoformat(), RESOLVE_BY.isoformat())
