"""撤回: what its reporter withdrew is nobody's work; for those whose cases were merged into it, it goes on."""

from collections.abc import Sequence

import pytest

from services.routing.domain.access import Sight
from services.routing.domain.case import Case, Status, decide
from services.routing.domain.case.commands import (
    Accept,
    Act,
    AddNote,
    AskExtension,
    AskSuspension,
    BlowWhistle,
    Call,
    Close,
    Command,
    DeadlineReached,
    FailVerification,
    GrantSuspension,
    Leave,
    Merge,
    PassVerification,
    Reopen,
    ReportIn,
    Resolve,
    Return,
    Transfer,
    Withdraw,
)
from services.routing.domain.errors.handling import AlreadyClosedError, WithdrawnError
from services.routing.domain.errors.merging import MergeTargetError
from services.routing.handlers.choices import allowed
from services.routing.projections import columns_of, questions_of
from shared.contracts.routing import (
    CaseClosed,
    CaseLeft,
    CaseWithdrawn,
    Clock,
    Deadlines,
    JointTaskReleased,
    ReporterWithdrew,
    RoutingEvent,
    VerificationFailed,
)
from shared.kernel.event_store import Recorded
from tests.unit.routing.routing_samples import (
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    PROPERTY,
    RULEBOOK,
    after,
    folded,
    given,
    open_case,
    sealed,
)
from tests.unit.routing.test_merging import ACCEPTED, DAY, DONE_WORK, Both, another, both

SIGHT = Sight(actor=LEAD, units=frozenset({"committee"}), areas=frozenset())
WITHDRAW = Withdraw(words=sealed(), now=after(5))
ASK = AskSuspension(by=LEAD, reason=sealed(), until=after(DAY), now=after(2))
CALLED = BlowWhistle(by=LEAD, calls=(Call(unit="police"), Call(unit="property")), task=sealed(), now=after(2))
SITUATIONS: Sequence[Sequence[Command]] = [
    (open_case(),),
    ACCEPTED,
    (*ACCEPTED, AskExtension(by=LEAD, reason=sealed(), resolve_by=after(2 * DAY), now=after(2))),
    (*ACCEPTED, ASK, GrantSuspension(by=DISPATCHER, now=after(3))),
    (*ACCEPTED, CALLED, ReportIn(by=PROPERTY, now=after(3))),
]


def after_it(case: Case, events: Sequence[RoutingEvent]) -> Case:
    return folded(case, events) or case


@pytest.mark.parametrize("before", SITUATIONS)
def test_wherever_it_stands_it_ends_and_no_clock_task_or_question_is_left(before: Sequence[Command]) -> None:
    case = given(*before)
    events = decide(case, WITHDRAW)
    ended = after_it(case, events)

    *released, withdrawn = events
    assert isinstance(withdrawn, CaseWithdrawn)
    assert {event.unit for event in released if isinstance(event, JointTaskReleased)} == {
        part.unit for part in case.open_parts
    }
    assert (withdrawn.unit, withdrawn.words) == (case.unit, sealed())
    assert (ended.status, ended.is_withdrawn, ended.open_parts) == (Status.CLOSED, True, ())
    assert (ended.extension, ended.suspension) == (None, None)
    assert [ended.countdown(clock).due_at for clock in (Clock.ACCEPT, Clock.RESOLVE, Clock.VERIFY)] == [None] * 3


def test_one_that_nobody_has_ends_too() -> None:
    case = given(open_case(), Return(by=LEAD, reason=sealed(), accept_by=None, to_unit="grid", now=after(1)))
    [withdrawn] = decide(case, WITHDRAW)

    assert isinstance(withdrawn, CaseWithdrawn)
    assert withdrawn.unit is None
    assert after_it(case, [withdrawn]).is_withdrawn


@pytest.mark.parametrize("done", [1, 2])
def test_what_is_done_already_is_verified_and_closed_and_its_reporter_asked_nothing(done: int) -> None:
    case = given(*ACCEPTED, *DONE_WORK[:done])
    [withdrew] = decide(case, WITHDRAW)
    case = after_it(case, [withdrew])

    assert isinstance(withdrew, ReporterWithdrew)
    assert (withdrew.goes_on_for, withdrew.words) == (0, sealed())
    assert (case.status, case.is_withdrawn) == (given(*ACCEPTED, *DONE_WORK[:done]).status, False)
    assert decide(case, WITHDRAW) == ()
    for command in (*DONE_WORK[done:], Close(by=COLLEAGUE, now=after(32))):
        events = decide(case, command)
        case = after_it(case, events)
    [closed] = events
    assert isinstance(closed, CaseClosed)
    assert (closed.withdrawn, closed.in_time, case.is_withdrawn) == (True, True, True)


def test_what_proves_undone_then_ends_and_is_not_done_again() -> None:
    case = given(*ACCEPTED, DONE_WORK[0], WITHDRAW)
    failed, ended = decide(case, FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(99), now=after(31)))
    case = after_it(case, (failed, ended))

    assert isinstance(failed, VerificationFailed)
    assert isinstance(ended, CaseWithdrawn)
    assert (case.is_withdrawn, case.resolve.due_at) == (True, None)


def test_one_that_was_done_before_the_last_of_them_left_is_verified_and_closed_too() -> None:
    together = both()
    together.do(WITHDRAW)
    for command in DONE_WORK:
        together.do(command)
    *_, left = withdrawn(together)

    assert isinstance(left, CaseLeft)
    assert (together.master.status, together.master.is_withdrawn) == (Status.VERIFIED, False)
    [closed] = together.do(Close(by=COLLEAGUE, now=after(32)))
    assert isinstance(closed, CaseClosed)
    assert closed.withdrawn


def test_a_closed_case_is_not_withdrawn_any_more_nor_is_one_withdrawn_twice() -> None:
    closed = given(*ACCEPTED, *DONE_WORK, Close(by=COLLEAGUE, now=after(32)))

    for case in (closed, given(*ACCEPTED, WITHDRAW)):
        with pytest.raises(AlreadyClosedError):
            decide(case, WITHDRAW)


@pytest.mark.parametrize(
    "act",
    [
        Accept(by=LEAD, now=after(6)),
        Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=1, now=after(6)),
        BlowWhistle(by=DISPATCHER, calls=(Call(unit="police"),), task=sealed(), now=after(6)),
        Resolve(by=LEAD, now=after(6)),
        PassVerification(by=COLLEAGUE, now=after(6)),
        Close(by=COLLEAGUE, now=after(6)),
        Merge(by=DISPATCHER, master=given(another(3)), now=after(6)),
        Reopen(words=sealed(), deadlines=Deadlines(), now=after(6)),
    ],
)
def test_nothing_is_done_with_it_any_more_but_notes(act: Act) -> None:
    case = given(*ACCEPTED, WITHDRAW)

    with pytest.raises(WithdrawnError):
        decide(case, act)
    assert len(decide(case, AddNote(by=LEAD, note=sealed(), now=after(6)))) == 1
    assert allowed(
        Sight(actor=LEAD, units=frozenset({"committee"}), areas=frozenset()), case, rulebook=RULEBOOK, now=after(6)
    ) == ("note",)


def test_a_timer_that_was_set_before_finds_nothing_to_do_and_nothing_is_merged_into_it() -> None:
    before = given(*ACCEPTED)
    stale = DeadlineReached(
        clock=Clock.RESOLVE, generation=before.resolve.generation, next_unit="grid", next_due=None, now=after(9 * DAY)
    )
    case = given(*ACCEPTED, WITHDRAW)

    assert decide(case, stale) == ()
    with pytest.raises(MergeTargetError):
        decide(given(another(3)), Merge(by=DISPATCHER, master=case, now=after(6)))


def withdrawn(together: Both, place: int = 0) -> tuple[RoutingEvent, ...]:
    """One that follows is withdrawn by its reporter, and the master hears of it: what both are told."""
    duplicate = together.duplicates.pop(place)
    own = decide(duplicate, WITHDRAW)
    left = decide(together.master, Leave(duplicate=duplicate, now=WITHDRAW.now))
    together.master = after_it(together.master, left)
    together.told[CASE_ID].extend(left)
    return (*own, *left)


def test_one_that_follows_ends_alone_and_the_others_go_on() -> None:
    together = both()
    together.merge(given(another(3)), 3)
    own, left = withdrawn(together)

    assert isinstance(own, CaseWithdrawn)
    assert isinstance(left, CaseLeft)
    assert own.unit is None
    assert (left.duplicate_number, left.duplicates) == ("100000002", 1)
    assert (together.master.status, len(together.master.duplicates)) == (Status.ACCEPTED, 1)
    assert columns_of(left) == {"duplicates": 1}


def test_the_masters_reporter_withdraws_and_it_goes_on_for_the_others_without_losing_anything() -> None:
    together = both()
    before = together.master
    [withdrew] = together.do(WITHDRAW)

    assert isinstance(withdrew, ReporterWithdrew)
    assert (withdrew.unit, withdrew.goes_on_for) == ("committee", 1)
    assert together.master.reporter_withdrew
    assert not together.master.is_withdrawn
    assert (together.master.status, together.master.resolve) == (before.status, before.resolve)
    assert columns_of(withdrew) == {}
    assert together.do(WITHDRAW) == ()


def test_at_its_end_only_those_who_still_want_it_are_asked_and_their_word_reopens_it() -> None:
    together = both()
    together.do(WITHDRAW)
    for command in (*DONE_WORK, Close(by=COLLEAGUE, now=after(32))):
        together.do(command)
    [duplicate] = together.duplicates
    own, followers = together.told[CASE_ID][-1], together.told[duplicate.id][-1]

    assert isinstance(own, CaseClosed)
    assert isinstance(followers, CaseClosed)
    assert (own.withdrawn, followers.withdrawn) == (True, False)
    together.do(Reopen(words=sealed(), deadlines=Deadlines(), said_of=duplicate.id, now=after(40)))
    assert together.master.status is Status.ASSIGNED


def test_when_the_last_of_them_is_gone_too_it_ends() -> None:
    together = both()
    together.merge(given(another(3)), 3)
    together.do(WITHDRAW)
    withdrawn(together)
    assert together.master.status is Status.ACCEPTED

    _, left, ended = withdrawn(together)

    assert isinstance(left, CaseLeft)
    assert isinstance(ended, CaseWithdrawn)
    assert (ended.case_id, ended.unit) == (CASE_ID, "committee")
    assert together.master.is_withdrawn


def test_a_master_whose_own_reporter_still_waits_stays_a_case_like_any_other() -> None:
    together = both()
    withdrawn(together)

    assert (together.master.status, together.master.duplicates) == (Status.ACCEPTED, ())
    assert decide(together.master, Merge(by=DISPATCHER, master=given(another(3)), now=after(9)))


def test_one_that_it_does_not_know_does_not_leave_it() -> None:
    assert decide(given(*ACCEPTED), Leave(duplicate=given(another(3)), now=after(6))) == ()


def test_its_row_is_closed_and_its_question_waits_for_nobody() -> None:
    [event] = decide(given(*ACCEPTED), WITHDRAW)

    ended = {"suspended_until": None, "first_response_by": None}
    assert columns_of(event) == {"status": "closed", "closed_at": after(5).isoformat(), **ended}
    assert questions_of([Recorded("", 1, CASE_ID, event)]) == {(CASE_ID, "committee"): None}
