"""The decider of a case: who may do what in which state, and what then has happened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.routing.domain.case import Status, decide, evolve
from services.routing.domain.case.commands import (
    Accept,
    Act,
    AddNote,
    Close,
    FailVerification,
    PassVerification,
    Reopen,
    Resolve,
    Return,
    Transfer,
)
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import (
    AlreadyResolvedError,
    AlreadyVerifiedError,
    DoerCannotVerifyError,
    NotResolvedError,
    NotVerifiedError,
)
from services.routing.domain.errors.handling import (
    AlreadyAcceptedError,
    AlreadyClosedError,
    AlreadyOpenedError,
    CaseUnknownError,
    NotAcceptedError,
    NotAssignedError,
    SameUnitError,
    WrongUnitError,
)
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseNoted,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    Deadlines,
    RuleTrace,
    VerificationFailed,
    VerificationPassed,
)
from tests.unit.routing.routing_samples import (
    ACCEPT_BY,
    CASE_ID,
    COLLEAGUE,
    DISPATCHER,
    LEAD,
    OPENED_AT,
    PROPERTY,
    RESOLVE_BY,
    TERMS,
    after,
    given,
    matter,
    open_case,
    sealed,
)

ACCEPT = Accept(by=LEAD, now=after(1))
RETURN = Return(by=LEAD, reason=sealed(), accept_by=after(60), to_unit="grid", now=after(2))
TRANSFER = Transfer(by=LEAD, to_unit="property", accept_by=after(30), directory_version=4, now=after(3))
NOTE = AddNote(by=LEAD, note=sealed(), now=after(4))
RESOLVE = Resolve(by=LEAD, note=sealed(), now=after(600))
PASS = PassVerification(by=COLLEAGUE, now=after(660))
FAIL = FailVerification(by=COLLEAGUE, reason=sealed(), resolve_by=after(2000), now=after(660))
CLOSE = Close(by=COLLEAGUE, now=after(661))
REOPEN = Reopen(
    words=sealed("bm90IGZpeGVk"),
    deadlines=Deadlines(accept_by=after(3000), resolve_by=after(4000)),
    now=after(2900),
)


def test_an_opened_case_is_assigned_at_once_with_the_rule_that_chose() -> None:
    command = open_case()

    opened, assigned = decide(None, command)

    assert isinstance(opened, CaseOpened)
    assert assigned == CaseAssigned(
        case_id=CASE_ID,
        at=OPENED_AT,
        unit="committee",
        matter=matter(),
        trace=RuleTrace(rule="fire-lane", directory_version=3),
        deadlines=Deadlines(accept_by=ACCEPT_BY, resolve_by=RESOLVE_BY),
        terms=TERMS,
    )


def test_the_units_duty_holder_accepts() -> None:
    case = given(open_case())

    events = decide(case, ACCEPT)

    assert events == (CaseAccepted(case_id=CASE_ID, at=after(1), unit="committee", by="committee-lead-1"),)


def test_a_returned_case_names_the_unit_it_left_and_belongs_to_nobody() -> None:
    case = given(open_case(), ACCEPT)

    (returned,) = decide(case, RETURN)

    assert isinstance(returned, CaseReturned)
    assert returned.unit == "committee"
    assert evolve(case, returned).unit is None


def test_the_unit_above_is_told_of_a_return_and_may_pass_the_case_on() -> None:
    case = given(open_case(), ACCEPT)

    (returned,) = decide(case, replace(RETURN, to_unit="grid"))

    assert isinstance(returned, CaseReturned)
    assert (returned.to_unit, returned.matter) == ("grid", case.matter)
    assert evolve(case, returned).told == ("grid",)


def test_a_unit_that_had_accepted_leaves_a_fresh_accept_clock_behind_when_it_returns() -> None:
    case = given(open_case(), ACCEPT)

    (returned,) = decide(case, RETURN)

    assert isinstance(returned, CaseReturned)
    assert returned.deadlines.accept_by == after(60)
    assert evolve(case, returned).accept.due_at == after(60)


def test_returning_before_accepting_does_not_move_the_accept_clock() -> None:
    case = given(open_case())

    (returned,) = decide(case, RETURN)

    assert evolve(case, returned).accept == case.accept
    assert case.accept.due_at == ACCEPT_BY


def test_a_transfer_tells_the_new_unit_and_keeps_the_reporters_deadline() -> None:
    case = given(open_case(), ACCEPT)

    transferred, assigned = decide(case, TRANSFER)

    assert transferred == CaseTransferred(
        case_id=CASE_ID, at=after(3), from_unit="committee", to_unit="property", by="committee-lead-1"
    )
    assert assigned == CaseAssigned(
        case_id=CASE_ID,
        at=after(3),
        unit="property",
        matter=matter(),
        trace=RuleTrace(rule="staff", directory_version=4),
        deadlines=Deadlines(accept_by=after(30), resolve_by=RESOLVE_BY),
        terms=TERMS,
    )


def test_a_transfer_starts_the_accept_clock_and_leaves_the_resolve_clock_running() -> None:
    before = given(open_case(), ACCEPT)

    case = given(open_case(), ACCEPT, TRANSFER)

    assert case.accept.due_at == after(30)
    assert case.resolve == before.resolve


def test_the_grids_dispatcher_sends_a_returned_case_to_another_unit() -> None:
    case = given(open_case(), RETURN)
    transfer = Transfer(by=DISPATCHER, to_unit="property", accept_by=None, directory_version=4, now=after(9))

    transferred, assigned = decide(case, transfer)

    assert isinstance(transferred, CaseTransferred)
    assert transferred.from_unit is None
    assert isinstance(assigned, CaseAssigned)
    assert assigned.unit == "property"


def test_a_note_changes_nothing_but_is_kept() -> None:
    case = given(open_case())

    (noted,) = decide(case, NOTE)

    assert noted == CaseNoted(case_id=CASE_ID, at=after(4), by="committee-lead-1", note=sealed())
    assert evolve(case, noted) == case


def test_a_note_can_be_added_after_the_end() -> None:
    case = given(open_case(), ACCEPT, RESOLVE, PASS, CLOSE)

    events = decide(case, NOTE)

    assert len(events) == 1


def test_resolving_stops_both_clocks_and_waits_for_somebody_else() -> None:
    case = given(open_case(), ACCEPT)

    (resolved,) = decide(case, RESOLVE)

    assert isinstance(resolved, CaseResolved)
    after_work = evolve(case, resolved)
    assert (after_work.status, after_work.accept.due_at, after_work.resolve.due_at) == (Status.RESOLVED, None, None)


def test_somebody_other_than_the_doer_confirms_the_fix() -> None:
    case = given(open_case(), ACCEPT, RESOLVE)

    events = decide(case, PASS)

    assert events == (VerificationPassed(case_id=CASE_ID, at=after(660), by="committee-member-1"),)


def test_a_failed_verification_is_rework_with_a_fresh_resolve_clock() -> None:
    case = given(open_case(), ACCEPT, RESOLVE)

    (failed,) = decide(case, FAIL)

    assert isinstance(failed, VerificationFailed)
    assert failed.unit == "committee"
    rework = evolve(case, failed)
    assert (rework.status, rework.resolve.due_at, rework.accept.due_at) == (Status.ACCEPTED, after(2000), None)


def test_a_dispute_of_what_is_being_worked_on_keeps_its_words_with_the_case() -> None:
    case = given(open_case(), ACCEPT, RESOLVE, FAIL)

    events = decide(case, REOPEN)

    assert events == (CaseNoted(case_id=CASE_ID, at=REOPEN.now, by="reporter", note=REOPEN.words),)
    assert evolve(case, events[0]) == case


def test_rework_makes_no_late_case_punctual() -> None:
    late = Resolve(by=LEAD, now=RESOLVE_BY + timedelta(seconds=1))
    again = Resolve(by=LEAD, now=after(1900))
    case = given(open_case(), ACCEPT, late, FAIL, again, PASS)

    (closed,) = decide(case, CLOSE)

    assert isinstance(closed, CaseClosed)
    assert closed.in_time is False


def test_rework_that_is_done_before_the_first_deadline_is_in_time() -> None:
    case = given(open_case(), ACCEPT, RESOLVE, FAIL, replace(RESOLVE, now=RESOLVE_BY), PASS)

    (closed,) = decide(case, CLOSE)

    assert isinstance(closed, CaseClosed)
    assert closed.in_time is True


def test_a_verified_case_closes_in_time_when_it_was_resolved_in_time() -> None:
    case = given(open_case(), ACCEPT, RESOLVE, PASS)

    (closed,) = decide(case, CLOSE)

    assert closed == CaseClosed(
        case_id=CASE_ID,
        at=after(661),
        by="committee-member-1",
        unit="committee",
        matter=matter(),
        deadlines=Deadlines(accept_by=ACCEPT_BY, resolve_by=RESOLVE_BY),
        in_time=True,
    )


def test_a_case_resolved_after_its_deadline_does_not_close_in_time() -> None:
    late = Resolve(by=LEAD, now=RESOLVE_BY + timedelta(seconds=1))
    case = given(open_case(), ACCEPT, late, PASS)

    (closed,) = decide(case, CLOSE)

    assert isinstance(closed, CaseClosed)
    assert closed.in_time is False


def test_a_reopened_case_goes_back_to_its_unit_with_the_reporters_words_and_fresh_clocks() -> None:
    case = given(open_case(), ACCEPT, RESOLVE, PASS, CLOSE)

    (reopened,) = decide(case, REOPEN)

    assert isinstance(reopened, CaseReopened)
    assert (reopened.unit, reopened.words) == ("committee", sealed("bm90IGZpeGVk"))
    again = evolve(case, reopened)
    assert (again.status, again.accept.due_at, again.resolve.due_at) == (Status.ASSIGNED, after(3000), after(4000))
    assert again.resolved_at is None


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        pytest.param([RETURN], ACCEPT, NotAssignedError, id="nobody has it, so nobody can accept it"),
        pytest.param([], Accept(by=PROPERTY, now=after(1)), WrongUnitError, id="another unit cannot accept it"),
        pytest.param([ACCEPT], ACCEPT, AlreadyAcceptedError, id="it is accepted once"),
        pytest.param([RETURN], RETURN, NotAssignedError, id="it is returned once"),
        pytest.param([ACCEPT, RESOLVE], RETURN, AlreadyResolvedError, id="what is resolved is not returned"),
        pytest.param([], RESOLVE, NotAcceptedError, id="it is accepted before it is resolved"),
        pytest.param([ACCEPT, RESOLVE], RESOLVE, AlreadyResolvedError, id="it is resolved once"),
        pytest.param([ACCEPT, RESOLVE], TRANSFER, AlreadyResolvedError, id="what is resolved is not transferred"),
        pytest.param(
            [],
            Transfer(by=PROPERTY, to_unit="police", accept_by=None, directory_version=1, now=after(1)),
            WrongUnitError,
            id="a stranger does not transfer it",
        ),
        pytest.param(
            [],
            Transfer(by=LEAD, to_unit="committee", accept_by=None, directory_version=1, now=after(1)),
            SameUnitError,
            id="it is not transferred to where it is",
        ),
        pytest.param([ACCEPT], PASS, NotResolvedError, id="there is nothing to verify yet"),
        pytest.param(
            [ACCEPT, RESOLVE],
            PassVerification(by=LEAD, now=after(700)),
            DoerCannotVerifyError,
            id="the doer does not confirm",
        ),
        pytest.param(
            [ACCEPT, RESOLVE],
            FailVerification(by=LEAD, reason=sealed(), resolve_by=None, now=after(700)),
            DoerCannotVerifyError,
            id="the doer does not fail it either",
        ),
        pytest.param([ACCEPT, RESOLVE, PASS], PASS, AlreadyVerifiedError, id="it is verified once"),
        pytest.param([ACCEPT, RESOLVE], CLOSE, NotVerifiedError, id="it is verified before it is closed"),
        pytest.param([ACCEPT, RESOLVE, PASS, CLOSE], CLOSE, AlreadyClosedError, id="it is closed once"),
        pytest.param([ACCEPT, RESOLVE, PASS, CLOSE], ACCEPT, AlreadyClosedError, id="closed is not accepted"),
        pytest.param([ACCEPT, RESOLVE, PASS, CLOSE], FAIL, AlreadyClosedError, id="closed is not failed"),
    ],
)
def test_the_case_refuses(before: list[Act], command: Act, refusal: type[RoutingError]) -> None:
    case = given(open_case(), *before)

    with pytest.raises(refusal):
        decide(case, command)


def test_a_case_is_opened_once() -> None:
    case = given(open_case())

    with pytest.raises(AlreadyOpenedError):
        decide(case, open_case())


def test_nothing_can_be_asked_of_a_case_that_does_not_exist() -> None:
    with pytest.raises(CaseUnknownError):
        decide(None, ACCEPT)


@pytest.mark.parametrize(
    ("refusal", "status"), [(WrongUnitError, 403), (CaseUnknownError, 404), (NotAssignedError, 409)]
)
def test_a_refusal_knows_its_status_and_says_why(refusal: type[RoutingError], status: int) -> None:
    assert refusal.status == status
    assert str(refusal()) == refusal.__doc__
