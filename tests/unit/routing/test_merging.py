"""并案: a case that tells of the same trouble follows its master; every reporter is told, and nobody gets punctual."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from services.routing.domain.access import Sight
from services.routing.domain.case import DONE, Case, Status, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Act,
    Actor,
    AddNote,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    CancelFollowUp,
    Close,
    Command,
    DeadlineReached,
    EndSuspension,
    FailVerification,
    FinishFollowUp,
    FollowUpReached,
    GrantExtension,
    GrantSuspension,
    Join,
    Merge,
    MoveCase,
    OpenCase,
    PassVerification,
    Plan,
    PlanFollowUp,
    RecomputeDeadlines,
    Reopen,
    Resolve,
    Transfer,
)
from services.routing.domain.case.follow_up import Occasion
from services.routing.domain.case.merging import followed
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.clocks import timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import AlreadyResolvedError
from services.routing.domain.errors.handling import WrongUnitError
from services.routing.domain.errors.joint_work import JointTasksOpenError
from services.routing.domain.errors.merging import MasterItselfError, MergedError, MergeTargetError
from services.routing.domain.errors.more_time import SuspendedError
from services.routing.handlers.choices import allowed
from services.routing.projections import columns_of, questions_of
from shared.contracts.routing import (
    CaseClosed,
    CaseJoined,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    Clock,
    Deadlines,
    ExtensionGranted,
    FollowedEvent,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpReminded,
    RoutingEvent,
    SuspensionGranted,
)
from shared.kernel.event_store import Recorded
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RESOLVE_BY,
    RULEBOOK,
    after,
    folded,
    given,
    matter,
    open_case,
    sealed,
)

DAY = 24 * 60
FOLLOW_UP = UUID(int=77)
ACCEPTED = (open_case(), Accept(by=LEAD, now=after(1)))
DONE_WORK = (Resolve(by=LEAD, now=after(30)), PassVerification(by=COLLEAGUE, now=after(31)))


def another(number: int, *, resolve_by: int = DAY, unit: str = "committee") -> OpenCase:
    """The same trouble, told by somebody else."""
    told = open_case()
    promised = Deadlines(accept_by=after(15), resolve_by=after(resolve_by))
    return replace(
        told,
        case_id=UUID(int=number),
        matter=matter().model_copy(update={"number": f"10000000{number}", "reporter": f"reporter-{number}"}),
        assignment=replace(told.assignment, unit=unit, deadlines=promised),
    )


@dataclass
class Both:
    """A master and those that follow it, each command carried out as one transaction does it."""

    master: Case
    duplicates: list[Case]
    told: dict[UUID, list[RoutingEvent]]

    def do(self, command: Command) -> tuple[RoutingEvent, ...]:
        events = tuple(decide(self.master, command))
        self.master = self._after(self.master, events)
        for place, duplicate in enumerate(self.duplicates):
            own = [followed(event, duplicate) for event in events if isinstance(event, FollowedEvent)]
            self.duplicates[place] = self._after(duplicate, [cast("RoutingEvent", event) for event in own if event])
        return events

    def merge(self, duplicate: Case, minute: int = 2) -> None:
        at = after(minute)
        merged = decide(duplicate, Merge(by=DISPATCHER, master=self.master, now=at))
        self.duplicates.append(self._after(duplicate, merged))
        joined = decide(self.master, Join(by=DISPATCHER, duplicate=duplicate, now=at))
        self.master = self._after(self.master, joined)

    def _after(self, case: Case, events: Sequence[RoutingEvent]) -> Case:
        self.told.setdefault(case.id, []).extend(events)
        return reduce(evolve, events, case)


def both(*masters: Command, duplicate: Case | None = None) -> Both:
    together = Both(given(*(masters or ACCEPTED)), [], {})
    together.merge(duplicate or given(another(2)))
    return together


def test_one_is_worked_on_and_the_other_follows_without_a_clock() -> None:
    together = both()
    [duplicate] = together.duplicates
    [merged] = together.told[duplicate.id]
    [joined] = together.told[CASE_ID]

    assert isinstance(merged, CaseMerged)
    assert isinstance(joined, CaseJoined)
    assert (merged.into, merged.into_number, merged.unit) == (CASE_ID, "100000017", "committee")
    assert (joined.duplicate, joined.duplicate_number, joined.duplicates) == (duplicate.id, "100000002", 1)
    assert (duplicate.status, duplicate.master) == (Status.MERGED, CASE_ID)
    assert (duplicate.accept.due_at, duplicate.resolve.due_at) == (None, None)
    assert together.master.duplicates == (duplicate.id,)
    assert together.master.resolve.due_at == RESOLVE_BY


def test_a_timer_that_was_set_before_finds_nothing_to_do() -> None:
    before = given(another(2))
    [duplicate] = both(duplicate=before).duplicates
    stale = DeadlineReached(
        clock=Clock.ACCEPT,
        generation=before.accept.generation,
        next_unit="grid",
        next_due=None,
        now=after(20),
    )

    assert decide(duplicate, stale) == ()


@pytest.mark.parametrize(
    "act",
    [
        Accept(by=LEAD, now=after(3)),
        Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=1, now=after(3)),
        BlowWhistle(by=DISPATCHER, calls=(Call(unit="police"),), task=sealed(), now=after(3)),
        Resolve(by=LEAD, now=after(3)),
        Merge(by=DISPATCHER, master=given(another(3)), now=after(3)),
        Reopen(words=sealed(), deadlines=Deadlines(), now=after(3)),
    ],
)
def test_nothing_is_done_with_the_one_that_follows(act: Act) -> None:
    [duplicate] = both().duplicates

    with pytest.raises(MergedError):
        decide(duplicate, act)


def test_but_people_write_on_it() -> None:
    [duplicate] = both().duplicates

    assert len(decide(duplicate, AddNote(by=LEAD, note=sealed(), now=after(3)))) == 1


def planned(case: Case, unit: str = "committee") -> Case:
    plan = Plan(id=FOLLOW_UP, unit=unit, occasion=Occasion(due=after(DAY), deadline=after(2 * DAY)))
    return folded(case, decide(case, PlanFollowUp(by=LEAD, plan=plan, task=sealed(), now=after(1)))) or case


def test_what_was_planned_before_is_still_done_or_called_off_but_nothing_new_is_planned() -> None:
    [duplicate] = both(duplicate=planned(given(another(2), Accept(by=LEAD, now=after(1))))).duplicates
    due = FollowUpReached(follow_up=FOLLOW_UP, generation=1, deadline=after(2 * DAY), now=after(DAY))
    finish = FinishFollowUp(by=LEAD, follow_up=FOLLOW_UP, note=sealed(), now=after(DAY))
    cancel = CancelFollowUp(by=LEAD, follow_up=FOLLOW_UP, reason=sealed(), now=after(DAY))

    assert [type(decide(duplicate, each)[0]) for each in (due, finish, cancel)] == [
        FollowUpReminded,
        FollowUpDone,
        FollowUpCancelled,
    ]
    with pytest.raises(MergedError):
        planned(duplicate)


def test_follow_ups_of_a_rule_are_planned_once_for_the_master() -> None:
    plan = Plan(id=FOLLOW_UP, unit="property", occasion=Occasion(due=after(DAY), deadline=after(2 * DAY)))
    together = both()
    for command in (*DONE_WORK, Close(by=COLLEAGUE, follow_ups=(plan,), now=after(32))):
        together.do(command)
    [duplicate] = together.duplicates

    assert list(together.master.follow_ups) == [FOLLOW_UP]
    assert duplicate.follow_ups == {}


def test_it_is_verified_with_its_master_and_nobody_is_asked_twice() -> None:
    together = both()
    asked = Resolve(
        by=LEAD, to_unit="grid", observed_until=after(DAY), verify_by=after(2 * DAY), warnings=(), now=after(30)
    )
    together.do(asked)
    [duplicate] = together.duplicates
    resolved = together.told[duplicate.id][-1]

    assert isinstance(resolved, CaseResolved)
    assert (resolved.to_unit, resolved.observed_until, resolved.deadlines) == (None, after(DAY), Deadlines())
    assert (together.master.verifier, duplicate.verifier, duplicate.verify.due_at) == ("grid", None, None)
    assert duplicate.observed_until is None
    assert timers_after(given(another(2)), duplicate) == []


def test_a_new_edition_moves_the_master_alone_and_whoever_gets_it_has_all() -> None:
    ask = AskSuspension(by=LEAD, reason=sealed(), until=after(9 * DAY), now=after(2))
    together = Both(given(*ACCEPTED, ask, GrantSuspension(by=DISPATCHER, now=after(3))), [], {})
    together.merge(given(another(2, resolve_by=2 * DAY)), 4)
    move = MoveCase(to_unit="property", resumed_by=after(3 * DAY), directory_version=2, now=after(DAY))
    together.do(move)
    [duplicate] = together.duplicates

    assert (together.master.unit, duplicate.status) == ("property", Status.MERGED)
    assert duplicate.resolve.promise == after(3 * DAY)
    assert decide(duplicate, move) == ()


def test_a_question_that_it_had_open_waits_for_nobody_any_more() -> None:
    ask = AskExtension(by=LEAD, reason=sealed(), resolve_by=after(2 * DAY), now=after(2))
    together = both(duplicate=given(another(2), Accept(by=LEAD, now=after(1)), ask))
    [duplicate] = together.duplicates
    [merged] = together.told[duplicate.id]
    recorded = Recorded("", 1, UUID(int=1), merged)

    assert duplicate.extension is None
    assert questions_of([recorded]) == {(duplicate.id, "committee"): None}


def test_each_reporter_hears_of_the_end_in_a_ticket_of_their_own() -> None:
    together = both()
    for command in (*DONE_WORK, Close(by=COLLEAGUE, now=after(32))):
        together.do(command)
    [duplicate] = together.duplicates
    closed = together.told[duplicate.id][-1]

    assert isinstance(closed, CaseClosed)
    assert (closed.case_id, closed.via, closed.matter.reporter) == (duplicate.id, CASE_ID, "reporter-2")
    assert closed.in_time is True
    assert (duplicate.status, together.master.status) == (Status.CLOSED, Status.CLOSED)


def test_a_dispute_of_either_reopens_both_and_says_whose_word_it_is() -> None:
    together = both()
    for command in (*DONE_WORK, Close(by=COLLEAGUE, now=after(32))):
        together.do(command)
    fresh = Deadlines(accept_by=after(60), resolve_by=after(3 * DAY))
    together.do(Reopen(words=sealed(), deadlines=fresh, said_of=UUID(int=2), now=after(40)))
    [duplicate] = together.duplicates
    reopened, own = together.told[CASE_ID][-1], together.told[duplicate.id][-1]

    assert isinstance(reopened, CaseReopened)
    assert isinstance(own, CaseReopened)
    assert (reopened.via, reopened.said_of, own.via) == (None, UUID(int=2), CASE_ID)
    assert (together.master.status, duplicate.status) == (Status.ASSIGNED, Status.MERGED)
    assert duplicate.resolve.promise == after(3 * DAY)
    assert duplicate.resolve.due_at is None


def test_during_rework_the_words_of_either_are_kept_with_the_case_that_is_worked_on() -> None:
    together = both()
    reopen = Reopen(words=sealed(), deadlines=Deadlines(), said_of=UUID(int=2), now=after(5))

    [noted] = together.do(reopen)

    assert type(noted).__name__ == "CaseNoted"
    assert together.master.status is Status.ACCEPTED


@pytest.mark.parametrize(("own", "judged_by"), [(60, 60), (3 * DAY, DAY)])
def test_it_is_judged_by_the_earlier_of_both_promises(own: int, judged_by: int) -> None:
    [duplicate] = both(duplicate=given(another(2, resolve_by=own))).duplicates

    assert duplicate.resolve.promise == after(judged_by)


def test_merging_makes_nobody_punctual() -> None:
    late = given(another(2, resolve_by=20), Accept(by=LEAD, now=after(1)))
    missed = DeadlineReached(
        clock=Clock.RESOLVE, generation=late.resolve.generation, next_unit=None, next_due=None, now=after(20)
    )
    late = folded(late, decide(late, missed)) or late
    together = Both(given(*ACCEPTED), [], {})
    together.merge(late, 25)
    together.do(AskExtension(by=LEAD, reason=sealed(), resolve_by=after(2 * DAY), now=after(26)))
    together.do(GrantExtension(by=DISPATCHER, now=after(27)))
    for command in (*DONE_WORK, Close(by=COLLEAGUE, now=after(32))):
        together.do(command)
    [duplicate] = together.duplicates
    own, master = together.told[duplicate.id][-1], together.told[CASE_ID][-1]

    assert isinstance(own, CaseClosed)
    assert isinstance(master, CaseClosed)
    assert (own.in_time, master.in_time) == (False, True)
    assert not any(isinstance(event, ExtensionGranted) for event in together.told[duplicate.id])


@pytest.mark.parametrize(
    ("master_in_time", "promise", "resolved_at", "in_time"),
    [
        (True, 90, 80, True),
        (True, 70, 80, False),
        (False, 110, 80, False),
        (None, 90, 80, True),
        (True, 110, None, True),
        (True, 90, None, False),
    ],
)
def test_it_is_kept_by_when_it_was_done_and_never_where_its_master_was_late(
    master_in_time: bool | None, promise: int, resolved_at: int | None, in_time: bool
) -> None:
    known = given(another(2, resolve_by=promise))
    duplicate = replace(known, resolved_at=None if resolved_at is None else after(resolved_at))
    closed = CaseClosed(case_id=CASE_ID, at=after(100), unit="committee", matter=matter(), in_time=master_in_time)

    own = followed(closed, duplicate)

    assert isinstance(own, CaseClosed)
    assert own.in_time is in_time


@pytest.mark.parametrize(("own", "judged_by"), [(3 * DAY, 2 * DAY), (60, 60)])
def test_another_calendar_moves_what_it_shares_with_its_master_and_no_promise_of_its_own(
    own: int, judged_by: int
) -> None:
    together = both(duplicate=given(another(2, resolve_by=own)))
    moved = Recounted(clock=Clock.RESOLVE, unit="committee", before=RESOLVE_BY, after=after(2 * DAY))

    together.do(RecomputeDeadlines(edition=2, clocks=(moved,), now=after(5)))
    [duplicate] = together.duplicates

    assert together.master.resolve.promise == after(2 * DAY)
    assert (duplicate.resolve.promise, duplicate.resolve.due_at) == (after(judged_by), None)


def test_with_a_suspended_master_it_stands_still_too_and_counts_again_with_it() -> None:
    ask = AskSuspension(by=LEAD, reason=sealed(), until=after(9 * DAY), now=after(2))
    suspended = (*ACCEPTED, ask, GrantSuspension(by=DISPATCHER, now=after(3)))
    together = Both(given(*suspended), [], {})
    together.merge(given(another(2, resolve_by=2 * DAY)), 4)
    [duplicate] = together.duplicates
    _, granted = together.told[duplicate.id]

    assert isinstance(granted, SuspensionGranted)
    assert (granted.until, granted.via) == (after(9 * DAY), CASE_ID)
    assert timers_after(given(another(2)), duplicate) == []
    together.do(EndSuspension(by=LEAD, resolve_by=after(10 * DAY), now=after(9 * DAY)))
    [duplicate] = together.duplicates
    assert duplicate.resolve.promise == after(10 * DAY)
    assert duplicate.resolve.due_at is None


def merging(duplicate: Case, master: Case, by: Actor = DISPATCHER) -> tuple[RoutingEvent, ...]:
    merged = decide(duplicate, Merge(by=by, master=master, now=after(50)))
    return (*merged, *decide(master, Join(by=by, duplicate=duplicate, now=after(50))))


def test_what_cannot_follow_says_why() -> None:
    master = given(*ACCEPTED)
    whistle = BlowWhistle(by=LEAD, calls=(Call(unit="police"),), task=sealed(), now=after(2))
    called = given(another(2), Accept(by=LEAD, now=after(1)), whistle)
    done = given(another(2), Accept(by=LEAD, now=after(1)), Resolve(by=LEAD, now=after(2)))
    ask = AskSuspension(by=LEAD, reason=sealed(), until=after(DAY), now=after(2))
    stands = given(another(2), Accept(by=LEAD, now=after(1)), ask, GrantSuspension(by=DISPATCHER, now=after(3)))
    leads = both().master

    for case, refusal in (
        (called, JointTasksOpenError),
        (done, AlreadyResolvedError),
        (stands, SuspendedError),
        (leads, MasterItselfError),
    ):
        with pytest.raises(refusal):
            merging(case, given(another(9)) if case is leads else master)


def test_what_cannot_be_followed_is_refused_and_there_is_no_ring() -> None:
    together = both()
    [duplicate] = together.duplicates
    done = given(*ACCEPTED, *DONE_WORK)

    for target in (duplicate, done, given(another(3))):
        with pytest.raises(MergeTargetError):
            merging(given(another(3)), target)


def test_who_may_pass_both_on_may_merge_them() -> None:
    mine, others = given(another(2)), given(another(3, unit="property"))

    assert merging(mine, given(*ACCEPTED), LEAD)
    for case, master in ((mine, others), (others, mine)):
        with pytest.raises(WrongUnitError):
            merging(case, master, LEAD)
    assert merging(others, mine, DISPATCHER)


def test_the_desk_offers_it_to_them_alone() -> None:
    case = given(*ACCEPTED)
    lead = Sight(actor=LEAD, units=frozenset({"committee"}), areas=frozenset())
    called = Sight(actor=PROPERTY, units=frozenset({"property", "committee"}), areas=frozenset())

    assert "merge" in allowed(lead, case, rulebook=RULEBOOK, now=after(5))
    assert "merge" not in allowed(called, case, rulebook=RULEBOOK, now=after(5))
    assert allowed(lead, both().duplicates[0], rulebook=RULEBOOK, now=after(5)) == ("note",)


def test_its_row_is_nobodys_work_until_it_ends() -> None:
    together = both()
    for command in (*DONE_WORK, Close(by=COLLEAGUE, now=after(32))):
        together.do(command)
    [duplicate] = together.duplicates
    changes = [columns_of(event) for event in together.told[duplicate.id]]

    assert [change.get("status") for change in changes] == ["merged", None, None, "closed"]
    assert columns_of(together.told[CASE_ID][0]) == {"duplicates": 1}


Make = Callable[[datetime], Command]
MAKES: list[Make] = [
    lambda at: Accept(by=LEAD, now=at),
    lambda at: Accept(by=PROPERTY, now=at),
    lambda at: Resolve(by=LEAD, now=at),
    lambda at: Resolve(by=PROPERTY, now=at),
    lambda at: PassVerification(by=COLLEAGUE, now=at),
    lambda at: FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(3 * DAY), now=at),
    lambda at: Close(by=COLLEAGUE, now=at),
    lambda at: Reopen(words=sealed(), deadlines=Deadlines(resolve_by=after(4 * DAY)), now=at),
    lambda at: AskExtension(by=LEAD, reason=sealed(), resolve_by=after(2 * DAY), now=at),
    lambda at: GrantExtension(by=DISPATCHER, now=at),
    lambda at: AskSuspension(by=LEAD, reason=sealed(), until=after(3 * DAY), now=at),
    lambda at: GrantSuspension(by=DISPATCHER, now=at),
    lambda at: EndSuspension(by=DISPATCHER, resolve_by=after(4 * DAY), now=at),
    lambda at: Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=1, now=at),
]
COMMANDS = st.sampled_from(MAKES)
CASES = st.lists(st.integers(1, 3 * DAY), min_size=1, max_size=2)


@for_all(CASES, st.lists(COMMANDS, max_size=14), st.integers(0, 6))
@settings(max_examples=60)
def test_whatever_is_asked_of_the_master_all_go_the_same_way(
    promises: list[int], asked: list[Make], merged_at: int
) -> None:
    together = Both(given(open_case()), [], {})
    waiting = [given(another(number, resolve_by=promise)) for number, promise in enumerate(promises, 2)]
    for minute, make in enumerate(asked, 1):
        if minute > merged_at and waiting and together.master.status not in DONE:
            together.merge(waiting.pop(), minute)
        try:
            together.do(make(after(minute)))
        except RoutingError:
            continue
        _holds(together)


def _holds(together: Both) -> None:
    master = together.master
    for duplicate in together.duplicates:
        told = together.told[duplicate.id]
        joined = next(place for place, event in enumerate(told) if isinstance(event, CaseMerged))
        assert duplicate.status is (master.status if master.status in DONE else Status.MERGED)
        assert (duplicate.accept.due_at, duplicate.resolve.due_at) == (None, None)
        assert (duplicate.master, duplicate.duplicates) == (master.id, ())
        since = [event.at for event in told[joined:] if isinstance(event, CaseClosed | CaseResolved | CaseReopened)]
        masters = together.told[master.id]
        assert since == [
            event.at
            for event in masters[masters.index(_joining(masters, duplicate)) :]
            if isinstance(event, CaseClosed | CaseResolved | CaseReopened)
        ]
        if master.resolve.promise and duplicate.resolve.promise and not master.is_suspended:
            assert duplicate.resolve.promise <= master.resolve.promise


def _joining(told: list[RoutingEvent], duplicate: Case) -> RoutingEvent:
    return next(event for event in told if isinstance(event, CaseJoined) and event.duplicate == duplicate.id)


def test_what_a_log_tells_makes_the_same_case() -> None:
    together = both()
    together.do(DONE_WORK[0])
    [duplicate] = together.duplicates
    again: Case | None = given(another(2))
    for event in together.told[duplicate.id]:
        again = evolve(again, type(event).model_validate_json(event.to_json()))

    assert again == duplicate
