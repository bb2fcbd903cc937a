"""What a unit does with its case until the work is done: accept, return, transfer, note, resolve."""

from collections.abc import Sequence
from dataclasses import replace

from services.routing.domain.case.commands import Accept, Actor, AddNote, Resolve, Return, Transfer
from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves, watched, with_unit
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import BY_DISTRICT, BY_HAND, DONE, Case, Status
from services.routing.domain.errors.finishing import AlreadyResolvedError, EvidenceMissingError
from services.routing.domain.errors.handling import (
    AlreadyAcceptedError,
    AlreadyClosedError,
    AlreadyReturnedError,
    NobodyAboveError,
    NotAcceptedError,
    NotAssignedError,
    SameUnitError,
)
from services.routing.domain.errors.joint_work import AlreadyCalledError, JointTasksOpenError, NotCoordinatingError
from services.routing.domain.errors.more_time import SuspendedError
from services.routing.domain.permissions import Action, coordinates
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseNoted,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    Deadlines,
    RoutingEvent,
    RuleTrace,
    Verification,
)


@decides
def handle(case: Case, command: Accept | Return | Transfer | AddNote | Resolve) -> Sequence[RoutingEvent]:
    """The events of an act of handling."""
    match command:
        case Accept():
            return _accept(case, command)
        case Return():
            return _return(case, command)
        case Transfer():
            return _transfer(case, command)
        case AddNote():
            return _note(case, command)
        case Resolve():
            return _resolve(case, command)


def unit_at_work(case: Case) -> str:
    """The unit that has an unfinished case, and keeps it whoever is called.

    Raises:
        RoutingError: the case is done, or nobody has it.
    """
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    if case.status in DONE:
        raise AlreadyResolvedError
    if case.unit is None:
        raise NotAssignedError
    return case.unit


def check_coordinates(case: Case, by: Actor, action: Action) -> None:
    """Its unit brings others together once it has accepted the case; who coordinates does at any time.

    Raises:
        RoutingError: neither is so.
    """
    check_may(case, by, action)
    if case.status is not Status.ACCEPTED and not coordinates(by.role):
        raise NotCoordinatingError


def unit_for(case: Case, by: Actor, action: Action) -> str:
    """The unit at work, for one who may do this with it.

    Raises:
        RoutingError: nobody is at work, or this is not theirs to do.
    """
    unit = unit_at_work(case)
    check_may(case, by, action)
    return unit


def _accept(case: Case, command: Accept) -> Sequence[RoutingEvent]:
    unit = unit_for(case, command.by, Action.ACCEPT)
    if case.status is Status.ACCEPTED:
        raise AlreadyAcceptedError
    return (CaseAccepted(case_id=case.id, at=command.now, history=case.history, unit=unit, by=command.by.person),)


def check_runs(case: Case) -> None:
    """A case that stands still goes nowhere.

    Raises:
        SuspendedError: it does.
    """
    # Whether it was in time, and until when whoever has it next must act, could not be said.
    if case.is_suspended:
        raise SuspendedError


def _return(case: Case, command: Return) -> Sequence[RoutingEvent]:
    # A unit that has not accepted yet cannot win time by returning: its accept clock runs on.
    unit = unit_for(case, command.by, Action.RETURN)
    check_runs(case)
    if unit in case.returned_by:
        # Otherwise it would go to and fro between two units until its reporter has waited in vain.
        raise AlreadyReturnedError
    if command.to_unit is None:
        raise NobodyAboveError
    anew = case.status is Status.ACCEPTED
    returned = CaseReturned(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=unit,
        by=command.by.person,
        reason=command.reason,
        to_unit=command.to_unit,
        matter=case.matter,
        deadlines=Deadlines(
            accept_by=command.accept_by if anew else case.accept.deadline,
            accept_warnings=command.warnings if anew else case.accept.warnings,
            resolve_by=case.resolve.deadline,
        ),
    )
    return (returned,)


def _transfer(case: Case, command: Transfer) -> Sequence[RoutingEvent]:
    if case.status is not Status.UNASSIGNED:
        unit_at_work(case)
    if command.to_unit == case.unit:
        raise SameUnitError(command.to_unit)
    check_may(case, command.by, Action.TRANSFER)
    if any(part.unit == command.to_unit for part in case.open_parts):
        raise AlreadyCalledError(command.to_unit)
    check_runs(case)
    transferred = CaseTransferred(
        case_id=case.id,
        at=command.now,
        history=case.history,
        from_unit=case.unit,
        to_unit=command.to_unit,
        by=command.by.person,
        reason=command.reason,
    )
    return (transferred, _reassigned(case, command))


def _reassigned(case: Case, command: Transfer) -> CaseAssigned:
    # The reporter's deadlines do not move because the case did; only the new unit's time to accept is fresh.
    return CaseAssigned(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=command.to_unit,
        matter=case.matter,
        trace=RuleTrace(rule=BY_HAND, directory_version=command.directory_version),
        deadlines=Deadlines(
            accept_by=command.accept_by,
            accept_warnings=command.warnings,
            resolve_by=case.resolve.deadline,
            resolve_warnings=case.resolve.warnings,
            first_response_by=case.first_response.deadline,
            first_response_warnings=case.first_response.warnings,
        ),
        terms=case.terms,
        verification=case.verification,
        follow_ups=case.follow_up_terms,
    )


def _note(case: Case, command: AddNote) -> Sequence[RoutingEvent]:
    check_may(case, command.by, Action.NOTE)
    noted = CaseNoted(
        case_id=case.id,
        at=command.now,
        history=case.history,
        by=command.by.person,
        note=command.note,
        evidence=command.evidence,
    )
    return (noted,)


def _resolve(case: Case, command: Resolve) -> Sequence[RoutingEvent]:
    unit = unit_for(case, command.by, Action.RESOLVE)
    if case.status is not Status.ACCEPTED:
        raise NotAcceptedError
    if case.open_parts:
        raise JointTasksOpenError
    check_runs(case)
    _check_evidence(case, command)
    resolved = CaseResolved(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=unit,
        by=command.by.person,
        note=command.note,
        evidence=command.evidence,
        to_unit=command.to_unit,
        matter=case.matter if command.to_unit else None,
        observed_until=command.observed_until,
        deadlines=Deadlines(verify_by=command.verify_by, verify_warnings=command.warnings),
    )
    return (resolved,)


def _check_evidence(case: Case, command: Resolve) -> None:
    asked = case.verification or Verification()
    missing = [
        *(["note"] if asked.note and command.note is None else []),
        *(["photos"] if len(command.evidence) < asked.photos_min else []),
    ]
    if missing:
        raise EvidenceMissingError(missing, photos_min=asked.photos_min)


@evolves
def _noted(case: Case, _event: CaseNoted) -> Case:
    """Nothing is decided by what somebody wrote."""
    return case


OnHandling = CaseAssigned | CaseAccepted | CaseReturned | CaseTransferred | CaseResolved


@evolves
def _evolved(case: Case, event: OnHandling) -> Case:
    match event:
        case CaseAssigned():
            return _after_assignment(case, event)
        case CaseAccepted(unit=unit):
            accepted = replace(case, status=Status.ACCEPTED, unit=unit, accept=case.accept.stopped())
            return replace(accepted, first_response=case.first_response.over())
        case CaseReturned():
            return _after_return(case, event)
        case CaseTransferred(from_unit=from_unit):
            left = replace(case, left_unit=from_unit or case.left_unit, extension=None, suspension=None)
            return replace(left, status=Status.UNASSIGNED, unit=None)
        case CaseResolved():
            return _after_work(case, event)


def _after_assignment(case: Case, event: CaseAssigned) -> Case:
    assigned = replace(
        case,
        status=Status.ASSIGNED,
        unit=event.unit,
        matter=event.matter,
        rule=case.rule if event.trace.rule in (BY_HAND, BY_DISTRICT) else event.trace.rule,
        terms=event.terms,
        verification=event.verification,
        follow_up_terms=event.follow_ups,
    )
    if event.history:
        accept_by, resolve_by = event.deadlines.accept_by, event.deadlines.resolve_by
        return replace(assigned, accept=case.accept.promised(accept_by), resolve=case.resolve.promised(resolve_by))
    # A transfer brings the resolve deadline that already runs: to start it again would hide how late the case is.
    due = event.deadlines
    same = due.resolve_by == case.resolve.deadline
    resolve = case.resolve if same else case.resolve.started(due.resolve_by, due.resolve_warnings)
    accept = case.accept.started(due.accept_by, due.accept_warnings)
    return replace(assigned, accept=accept, first_response=_first_response(case, due), resolve=resolve)


def _first_response(case: Case, due: Deadlines) -> Countdown:
    """Started once: whoever has the case next is to respond by when the first was, or it could go round for ever."""
    first = case.first_response
    if first.generation or due.first_response_by is None:
        return first
    return first.started(due.first_response_by, due.first_response_warnings)


def _after_return(case: Case, event: CaseReturned) -> Case:
    told = (event.to_unit,) if event.to_unit and event.to_unit not in case.told else ()
    returned_by = with_unit(case.returned_by, event.unit)
    told_too = replace(case, told=(*case.told, *told), returned_by=returned_by, extension=None, suspension=None)
    left = replace(told_too, status=Status.UNASSIGNED, unit=None, left_unit=event.unit)
    runs_on = case.status is Status.ASSIGNED or case.history
    due = event.deadlines
    return left if runs_on else replace(left, accept=case.accept.started(due.accept_by, due.accept_warnings))


def _after_work(case: Case, event: CaseResolved) -> Case:
    due = event.deadlines
    verify = case.verify if event.history else case.verify.started(due.verify_by, due.verify_warnings)
    return replace(
        watched(case, event.to_unit),
        status=Status.RESOLVED,
        unit=event.unit,
        resolved_by=event.by,
        resolved_at=event.at,
        extension=None,
        suspension=None,
        accept=case.accept.stopped(),
        resolve=case.resolve.stopped(),
        verify=verify,
        verifier=event.to_unit,
        observed_until=event.observed_until,
    )
