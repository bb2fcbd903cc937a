"""How a case ends and begins again: verified by somebody other than the doer, closed, reopened by the reporter."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.routing.domain.case.commands import Actor, Close, FailVerification, PassVerification, Reopen
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.following_up import first_follow_up, planned_on_closing
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import DONE, Case, Status
from services.routing.domain.case.withdrawing import ended
from services.routing.domain.errors.finishing import (
    AlreadyVerifiedError,
    DoerCannotVerifyError,
    NotResolvedError,
    NotVerifiedError,
    NotVerifierError,
    ObservedError,
)
from services.routing.domain.errors.handling import AlreadyClosedError
from services.routing.domain.permissions import Action, coordinates
from shared.contracts.routing import (
    REPORTER,
    CaseClosed,
    CaseNoted,
    CaseReopened,
    Deadlines,
    RoutingEvent,
    VerificationFailed,
    VerificationPassed,
)


@decides
def finish(case: Case, command: PassVerification | FailVerification | Close | Reopen) -> Sequence[RoutingEvent]:
    """The events of an act that ends the case or begins it again."""
    match command:
        case PassVerification():
            return _pass(case, command)
        case FailVerification():
            return tuple(_fail(case, command))
        case Close():
            return _close(case, command)
        case Reopen():
            return _reopen(case, command)


def _unit_to_verify(case: Case, by: Actor, action: Action) -> str:
    """The unit whose work awaits verification, by somebody who did not do it."""
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    if case.status is Status.VERIFIED:
        raise AlreadyVerifiedError
    if case.status is not Status.RESOLVED or case.unit is None:
        raise NotResolvedError
    if by.person == case.resolved_by or any(by.person in part.done_by for part in case.joint.values()):
        raise DoerCannotVerifyError
    check_may(case, by, action)
    _check_verifies(case, by)
    return case.unit


def _check_verifies(case: Case, by: Actor) -> None:
    """Where the rule names who verifies, that unit does, or the grid, or who was told that it has not."""
    may = by.unit == case.verifier or by.unit in case.told or coordinates(by.role)
    if case.verifier is not None and (by.unit == case.unit or not may):
        raise NotVerifierError


def _pass(case: Case, command: PassVerification) -> Sequence[RoutingEvent]:
    _unit_to_verify(case, command.by, Action.VERIFY_PASS)
    if case.observed_until is not None and command.now < case.observed_until:
        raise ObservedError(case.observed_until)
    passed = VerificationPassed(
        case_id=case.id, at=command.now, history=case.history, by=command.by.person, note=command.note
    )
    return (passed,)


def _fail(case: Case, command: FailVerification) -> Iterator[RoutingEvent]:
    """What nobody wants any more is not done again: then it ends as it would have before the work was done."""
    unit = _unit_to_verify(case, command.by, Action.VERIFY_FAIL)
    yield VerificationFailed(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=unit,
        by=command.by.person,
        reason=command.reason,
        matter=case.matter,
        deadlines=Deadlines(
            accept_by=case.accept.deadline, resolve_by=command.resolve_by, resolve_warnings=command.warnings
        ),
    )
    if case.reporter_withdrew and not case.duplicates:
        yield from ended(case, command.now, None)


def _close(case: Case, command: Close) -> Sequence[RoutingEvent]:
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    if case.status is not Status.VERIFIED or case.unit is None:
        raise NotVerifiedError
    check_may(case, command.by, Action.CLOSE)
    planned = planned_on_closing(case, command.follow_ups, at=command.now)
    closed = CaseClosed(
        case_id=case.id,
        at=command.now,
        history=case.history,
        by=command.by.person,
        unit=case.unit,
        matter=case.matter,
        deadlines=case.deadlines,
        in_time=case.resolve.kept(case.resolved_at or command.now),
        withdrawn=case.reporter_withdrew,
        follow_up_at=first_follow_up(case, planned),
    )
    return (closed, *planned)


def _reopen(case: Case, command: Reopen) -> Sequence[RoutingEvent]:
    if case.status not in DONE or case.unit is None:
        # It is being worked on anyway: nothing is to be reopened, and the words are for whoever does.
        return (CaseNoted(case_id=case.id, at=command.now, by=REPORTER, note=command.words),)
    # What was history becomes a living case here: from now on it has clocks and sends messages.
    reopened = CaseReopened(
        case_id=case.id,
        at=command.now,
        unit=case.unit,
        words=command.words,
        matter=case.matter,
        deadlines=command.deadlines,
        said_of=command.said_of,
    )
    return (reopened,)


@evolves
def _evolved(case: Case, event: VerificationPassed | VerificationFailed | CaseClosed | CaseReopened) -> Case:
    match event:
        case VerificationPassed():
            return replace(case, status=Status.VERIFIED, verify=case.verify.stopped())
        case VerificationFailed(deadlines=deadlines):
            again = case.resolve.started_again(deadlines.resolve_by, deadlines.resolve_warnings)
            resolve = case.resolve.promised(deadlines.resolve_by) if case.history else again
            return replace(case, status=Status.ACCEPTED, resolve=resolve, verify=case.verify.stopped())
        case CaseClosed():
            return replace(case, status=Status.CLOSED, accept=case.accept.stopped(), resolve=case.resolve.stopped())
        case CaseReopened():
            return _begun_again(case, event)


def _begun_again(case: Case, event: CaseReopened) -> Case:
    due = event.deadlines
    return replace(
        case,
        status=Status.ASSIGNED,
        unit=event.unit,
        returned_by=(),
        accept=case.accept.started(due.accept_by, due.accept_warnings),
        resolve=case.resolve.started(due.resolve_by, due.resolve_warnings),
        verify=case.verify.stopped(),
        resolved_by=None,
        resolved_at=None,
        history=event.history,
    )
