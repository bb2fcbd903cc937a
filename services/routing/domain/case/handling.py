"""What a unit does with its case until the work is done: accept, return, transfer, note, resolve."""

from collections.abc import Sequence

from services.routing.domain.case.commands import Accept, Actor, AddNote, Resolve, Return, Transfer
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import BY_HAND, DONE, Case, Status
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
def _evolved(case: Case, _event: CaseNoted) -> Case:
    """Nothing is decided by what somebody wrote."""
    return case
