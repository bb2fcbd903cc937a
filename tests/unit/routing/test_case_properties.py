"""What holds for every case, whatever is asked of it and in whatever order."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.case import DONE, Case, Status, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Actor,
    AddNote,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    Close,
    Command,
    Confer,
    DeadlineReached,
    DeclineTask,
    EndSuspension,
    Entrust,
    FailVerification,
    FinishTask,
    GrantExtension,
    GrantSuspension,
    InsistOnTask,
    Join,
    Leave,
    Merge,
    PassVerification,
    RefuseExtension,
    RefuseSuspension,
    ReleaseTask,
    Remind,
    Reopen,
    ReportIn,
    ReportRecurrence,
    Resolve,
    Return,
    RevealContact,
    Split,
    SuspensionReached,
    TakeTaskOver,
    Transfer,
    Withdraw,
    WithdrawExtension,
    WithdrawSuspension,
)
from services.routing.domain.case.relocation import Instead, MoveCase
from services.routing.domain.clocks import timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.permissions import reads_only
from shared.contracts.directory import Role
from shared.contracts.routing import CaseReopened, Clock, Deadlines, RoutingEvent
from tests.unit.routing.routing_samples import COLLEAGUE, DISPATCHER, LEAD, PROPERTY, after, folded, open_case, sealed

READERS = st.builds(
    Actor,
    person=st.just("reader"),
    unit=st.sampled_from(["committee", "property", "grid", "elsewhere"]),
    role=st.sampled_from([role for role in Role if reads_only(role)]),
)
ACTORS = st.sampled_from([LEAD, COLLEAGUE, PROPERTY, DISPATCHER])
UNITS = st.sampled_from(["committee", "property", "grid"])
MOMENTS = st.integers(min_value=1, max_value=5_000).map(after)
DEADLINES = st.none() | MOMENTS
BOXES = st.just(sealed())
WARNINGS = st.lists(MOMENTS, max_size=2).map(lambda moments: tuple(sorted(moments)))
OTHER_ID = UUID(int=9)
OTHER = folded(None, decide(None, replace(open_case(), case_id=OTHER_ID)))
assert OTHER is not None
ASSIGNED = open_case().assignment
RESPOND_BY = after(600)
TO_RESPOND = ASSIGNED.deadlines.model_copy(update={"first_response_by": RESPOND_BY})
OPENED = replace(open_case(), assignment=replace(ASSIGNED, deadlines=TO_RESPOND))
INSTEAD = st.builds(Instead, unit=UNITS, due_by=DEADLINES)
CALLS = st.builds(Call, unit=UNITS, report_by=DEADLINES, warnings=WARNINGS)


def commands(actors: st.SearchStrategy[Actor] = ACTORS) -> st.SearchStrategy[Command]:
    """Anything that can be asked of an open case."""
    return st.one_of(
        st.builds(Accept, by=actors, now=MOMENTS),
        st.builds(Return, by=actors, reason=BOXES, accept_by=DEADLINES, warnings=WARNINGS, to_unit=UNITS, now=MOMENTS),
        st.builds(Transfer, by=actors, to_unit=UNITS, accept_by=DEADLINES, directory_version=st.just(1), now=MOMENTS),
        st.builds(Remind, by=actors, words=BOXES, now=MOMENTS),
        st.builds(AddNote, by=actors, note=BOXES, now=MOMENTS),
        st.builds(
            BlowWhistle,
            by=actors,
            calls=st.tuples(CALLS),
            task=BOXES,
            now=MOMENTS,
        ),
        st.builds(ReportIn, by=actors, now=MOMENTS),
        st.builds(FinishTask, by=actors, note=BOXES, now=MOMENTS),
        st.builds(DeclineTask, by=actors, reason=BOXES, now=MOMENTS),
        st.builds(ReleaseTask, by=actors, unit=UNITS, now=MOMENTS),
        st.builds(InsistOnTask, by=actors, unit=UNITS, reason=BOXES, report_by=DEADLINES, now=MOMENTS),
        st.builds(TakeTaskOver, by=actors, unit=UNITS, now=MOMENTS),
        st.builds(Confer, by=actors, present=st.lists(UNITS, max_size=3).map(tuple), minutes=BOXES, now=MOMENTS),
        st.builds(Entrust, by=actors, unit=UNITS, release=st.booleans(), directory_version=st.just(1), now=MOMENTS),
        st.builds(WithdrawExtension, by=actors, now=MOMENTS),
        st.builds(WithdrawSuspension, by=actors, now=MOMENTS),
        st.builds(AskExtension, by=actors, reason=BOXES, resolve_by=MOMENTS, to_unit=st.none() | UNITS, now=MOMENTS),
        st.builds(GrantExtension, by=actors, warnings=WARNINGS, now=MOMENTS),
        st.builds(RefuseExtension, by=actors, reason=BOXES, now=MOMENTS),
        st.builds(AskSuspension, by=actors, reason=BOXES, until=MOMENTS, to_unit=st.none() | UNITS, now=MOMENTS),
        st.builds(GrantSuspension, by=actors, now=MOMENTS),
        st.builds(RefuseSuspension, by=actors, reason=BOXES, now=MOMENTS),
        st.builds(EndSuspension, by=actors, resolve_by=DEADLINES, now=MOMENTS),
        st.builds(
            SuspensionReached,
            generation=st.integers(min_value=0, max_value=6),
            resolve_by=DEADLINES,
            now=MOMENTS,
        ),
        st.builds(RevealContact, by=actors, now=MOMENTS),
        st.builds(Merge, by=actors, master=st.just(OTHER), now=MOMENTS),
        st.builds(Join, by=actors, duplicate=st.just(OTHER), now=MOMENTS),
        st.builds(Split, by=actors, other=st.uuids(), words=BOXES, now=MOMENTS),
        st.builds(ReportRecurrence, by=actors, follow_up=st.uuids(), other=st.uuids(), words=BOXES, now=MOMENTS),
        st.builds(Leave, duplicate=st.just(OTHER), now=MOMENTS),
        st.builds(Withdraw, words=st.none() | BOXES, now=MOMENTS),
        st.builds(
            Resolve,
            by=actors,
            to_unit=st.none() | UNITS,
            observed_until=DEADLINES,
            verify_by=DEADLINES,
            warnings=WARNINGS,
            now=MOMENTS,
        ),
        st.builds(
            MoveCase,
            to_unit=UNITS,
            gone=st.frozensets(UNITS),
            keeps_unit=st.booleans(),
            accept_by=DEADLINES,
            resumed_by=DEADLINES,
            promised=DEADLINES,
            verifier=st.none() | INSTEAD,
            answers=st.dictionaries(UNITS, INSTEAD, max_size=2),
            directory_version=st.just(2),
            now=MOMENTS,
        ),
        st.builds(PassVerification, by=actors, now=MOMENTS),
        st.builds(FailVerification, by=actors, reason=BOXES, resolve_by=DEADLINES, warnings=WARNINGS, now=MOMENTS),
        st.builds(Close, by=actors, now=MOMENTS),
        st.builds(
            Reopen,
            words=BOXES,
            deadlines=st.builds(Deadlines, accept_by=DEADLINES, resolve_by=DEADLINES),
            now=MOMENTS,
        ),
        st.builds(
            DeadlineReached,
            clock=st.sampled_from(Clock),
            called=st.none() | UNITS,
            generation=st.integers(min_value=0, max_value=6),
            next_unit=st.none() | UNITS,
            next_due=DEADLINES,
            now=MOMENTS,
        ),
    )


def decided(case: Case | None, command: Command) -> tuple[RoutingEvent, ...]:
    """The events, none where the case refuses."""
    try:
        return tuple(decide(case, command))
    except RoutingError:
        return ()


def willing(case: Case, at: datetime) -> list[Command]:
    """The straight way through, by whoever has the case: random commands alone seldom reach the end."""
    holder = Actor(person="holder", unit=case.unit or "grid", role=LEAD.role)
    return [Accept(by=holder, now=at), Resolve(by=holder, now=at), PassVerification(by=COLLEAGUE, now=at)]


def played(asked: list[Command]) -> list[Case]:
    """Every state that the case went through."""
    opened = folded(None, decide(None, OPENED))
    assert opened is not None
    states = [opened]
    for position, command in enumerate(asked):
        close = [Close(by=COLLEAGUE, now=after(position))] if position % 2 == 0 else []
        straight = [*willing(states[-1], after(position)), *close] if position % 3 == 0 else []
        for step in (*straight, command):
            state = folded(states[-1], decided(states[-1], step))
            assert state is not None
            states.append(state)
    return states


SEQUENCES = st.lists(commands(), max_size=12)


@given(SEQUENCES)
def test_the_decider_never_emits_an_event_that_the_state_rejects(asked: list[Command]) -> None:
    assert all(isinstance(state, Case) for state in played(asked))


@given(SEQUENCES)
def test_a_unit_has_the_case_exactly_when_it_is_assigned(asked: list[Command]) -> None:
    for state in played(asked):
        ended = state.status is Status.MERGED or state.is_withdrawn
        assert (state.unit is None) == (state.status is Status.UNASSIGNED) or ended


@given(SEQUENCES)
def test_a_case_that_follows_another_is_followed_by_none_and_is_done_by_nobody(asked: list[Command]) -> None:
    for state in played(asked):
        assert state.status is Status.MERGED or state.master is None or state.is_withdrawn
        assert state.master is None or (state.duplicates, state.open_parts, state.suspension) == ((), (), None)


@given(SEQUENCES, commands())
def test_a_closed_case_stays_closed_but_for_reopening(asked: list[Command], command: Command) -> None:
    for state in played(asked):
        if state.status is Status.CLOSED:
            after_it = folded(state, decided(state, command))
            assert after_it is not None
            assert after_it.status is Status.CLOSED or isinstance(command, Reopen)
            assert after_it.status is Status.CLOSED or not state.is_withdrawn


@given(SEQUENCES)
def test_a_case_that_others_follow_is_never_withdrawn_from_under_them(asked: list[Command]) -> None:
    for before, state in pairwise(played(asked)):
        ended = state.status is Status.CLOSED and before.status not in DONE
        assert not ended or not before.duplicates or (before.duplicates, state.duplicates) == ((OTHER_ID,), ())


@given(SEQUENCES, st.sampled_from(Clock), MOMENTS)
def test_a_stale_generation_decides_nothing(asked: list[Command], clock: Clock, now: datetime) -> None:
    for state in played(asked):
        stale = DeadlineReached(
            clock=clock,
            generation=state.countdown(clock).generation - 1,
            next_unit="grid",
            next_due=None,
            now=now,
        )
        assert decide(state, stale) == ()


@given(SEQUENCES)
def test_generations_never_go_back_and_no_clock_runs_without_its_own_timer(asked: list[Command]) -> None:
    states = played(asked)
    for before, state in pairwise(states):
        for clock in Clock:
            old, new = before.countdown(clock), state.countdown(clock)
            assert new.generation >= old.generation
            set_anew = new.due_at is not None and new.due_at != old.due_at
            assert not set_anew or clock in {wish.kind for wish in timers_after(before, state)}


@given(SEQUENCES)
def test_nor_does_that_of_a_called_unit(asked: list[Command]) -> None:
    for before, state in pairwise(played(asked)):
        timers = {wish.called for wish in timers_after(before, state)}
        for unit, part in state.joint.items():
            old = before.countdown(Clock.REPORT_IN, unit)
            assert part.report_in.generation >= old.generation
            assert part.report_in.due_at in {None, old.due_at} or unit in timers


@given(SEQUENCES)
def test_no_clock_runs_once_the_work_is_done_or_is_done_in_another_case(asked: list[Command]) -> None:
    for state in played(asked):
        if state.status in DONE or state.master is not None:
            assert (state.accept.due_at, state.first_response.due_at, state.resolve.due_at) == (None, None, None)


@given(SEQUENCES)
def test_the_first_response_is_due_when_it_was_at_the_opening_until_somebody_accepts_and_never_again(
    asked: list[Command],
) -> None:
    states = played(asked)
    for before, state in pairwise(states):
        waits = state.status in (Status.UNASSIGNED, Status.ASSIGNED)
        assert state.first_response.deadline == (before.first_response.deadline if waits else None)
        assert state.first_response.promise == RESPOND_BY


@given(SEQUENCES)
def test_the_verify_clock_runs_only_while_a_case_waits_to_be_verified(asked: list[Command]) -> None:
    for state in played(asked):
        assert state.verify.due_at is None or state.status is Status.RESOLVED


@given(SEQUENCES, ACTORS, MOMENTS)
def test_nobody_passes_their_own_work_nor_any_before_it_was_observed(
    asked: list[Command], by: Actor, now: datetime
) -> None:
    for state in played(asked):
        if decided(state, PassVerification(by=by, now=now)):
            assert by.person != state.resolved_by
            assert state.observed_until is None or now >= state.observed_until
            assert state.verifier is None or by.unit != state.unit


@given(SEQUENCES)
def test_nobody_is_reminded_of_what_has_passed(asked: list[Command]) -> None:
    for state in played(asked):
        own = [state.accept, state.first_response, state.resolve, state.verify]
        clocks = [*own, *(part.report_in for part in state.joint.values())]
        for clock in clocks:
            assert all(clock.deadline is not None and moment < clock.deadline for moment in clock.warnings)
            assert clock.due_at is None or clock.missed or clock.deadline is None or clock.due_at <= clock.deadline


@given(SEQUENCES)
def test_no_case_is_done_while_a_called_unit_has_something_to_do(asked: list[Command]) -> None:
    for state in played(asked):
        assert state.status not in DONE or state.open_parts == ()


@given(SEQUENCES)
def test_who_has_the_case_has_no_task_in_it_beside(asked: list[Command]) -> None:
    for state in played(asked):
        assert state.unit not in {part.unit for part in state.open_parts}


@given(SEQUENCES)
def test_nobody_is_asked_anything_about_a_case_that_is_done_or_that_nobody_has(asked: list[Command]) -> None:
    for state in played(asked):
        waits = state.extension is not None or state.suspension is not None
        assert not waits or state.status is Status.ACCEPTED


@given(SEQUENCES)
@settings(max_examples=50)
def test_every_event_survives_its_encoding(asked: list[Command]) -> None:
    case = folded(None, decide(None, OPENED))
    for command in asked:
        for event in decided(case, command):
            assert type(event).model_validate_json(event.to_json()) == event
            assert not (isinstance(event, CaseReopened) and event.history)
            case = evolve(case, event)


@given(SEQUENCES, st.lists(commands(READERS), min_size=1, max_size=8))
def test_who_only_reads_never_changes_a_case_whatever_they_ask(asked: list[Command], tried: list[Command]) -> None:
    theirs = [command for command in tried if hasattr(command, "by")]

    assert {decided(state, command) for state in played(asked) for command in theirs} <= {()}


@given(SEQUENCES, UNITS, st.sampled_from(Role))
def test_nobody_verifies_their_own_work_whatever_they_have_become(asked: list[Command], unit: str, role: Role) -> None:
    for state in played(asked):
        doers = {state.resolved_by, *(doer for part in state.joint.values() for doer in part.done_by)} - {None}
        for doer in doers:
            by = Actor(person=doer or "", unit=unit, role=role)
            assert decided(state, PassVerification(by=by, now=after(9))) == ()
            assert decided(state, FailVerification(by=by, reason=sealed(), resolve_by=None, now=after(9))) == ()
