"""并案: a case that tells of the same trouble as another is merged into it, and follows it from then on.

One of them is worked on, by one unit and one set of clocks; each keeps its reporter, who is told and asked as before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.routing.domain.case.commands import Join, Merge
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.recounting import after_recount, concerns
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import DONE, Case, Status
from services.routing.domain.errors.finishing import AlreadyResolvedError
from services.routing.domain.errors.handling import AlreadyClosedError
from services.routing.domain.errors.joint_work import JointTasksOpenError
from services.routing.domain.errors.merging import MasterItselfError, MergeTargetError
from services.routing.domain.errors.more_time import SuspendedError
from services.routing.domain.permissions import Action
from shared.contracts.routing import (
    CaseClosed,
    CaseJoined,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    DeadlineRecomputed,
    Deadlines,
    ExtensionGranted,
    FollowedEvent,
    RoutingEvent,
    SuspensionEnded,
    SuspensionGranted,
    VerificationFailed,
    VerificationPassed,
)

# They move what a case is judged by.
MOVING = (ExtensionGranted, SuspensionGranted, SuspensionEnded)


@decides
def merge(case: Case, command: Merge | Join) -> Sequence[RoutingEvent]:
    """The events of a case that follows another from now on, and of the one that it follows.

    Each asks whether the actor may do so with it: what they are to the one they may not be to the other.
    """
    match command:
        case Merge():
            return _merged(case, command)
        case Join():
            return (_joined(case, command),)


def _merged(case: Case, command: Merge) -> Sequence[RoutingEvent]:
    master = command.master
    _check_can_follow(case)
    _check_can_be_followed(master, case.id)
    check_may(case, command.by, Action.MERGE)
    merged = CaseMerged(
        case_id=case.id,
        at=command.now,
        history=case.history,
        into=master.id,
        into_number=master.matter.number,
        unit=master.unit,
        from_unit=case.unit,
        by=command.by.person,
        matter=case.matter,
        deadlines=_judged_by(case, master),
    )
    return (merged, *_stands_still(case, command))


def _joined(case: Case, command: Join) -> CaseJoined:
    duplicate = command.duplicate
    _check_can_be_followed(case, duplicate.id)
    check_may(case, command.by, Action.MERGE)
    return CaseJoined(
        case_id=case.id,
        at=command.now,
        history=case.history,
        duplicate=duplicate.id,
        duplicate_number=duplicate.matter.number,
        duplicates=len(case.duplicates) + 1,
        unit=case.unit,
        by=command.by.person,
        matter=case.matter,
    )


def followed(event: FollowedEvent, duplicate: Case) -> FollowedEvent | None:
    """What the event of a master is to a case that follows it; none where it does not concern that."""
    if isinstance(event, MOVING) and duplicate.resolve.missed:
        # It was late before it was merged, and what its master is granted does not make it punctual.
        return None
    if isinstance(event, DeadlineRecomputed) and not concerns(event, duplicate):
        return None
    own: dict[str, object] = {"case_id": duplicate.id, "via": event.case_id}
    if hasattr(event, "matter"):
        own["matter"] = duplicate.matter
    if not isinstance(event, CaseReopened):
        own["history"] = duplicate.history
    if isinstance(event, CaseClosed):
        own |= {"deadlines": duplicate.deadlines, "in_time": _kept(event, duplicate), "withdrawn": False}
    if isinstance(event, CaseResolved):
        # It is verified with its master, by whoever verifies that, and nobody is asked for it twice. Until when that is
        # observed its own reporter is told too.
        own |= {"to_unit": None, "deadlines": Deadlines()}
    return event.model_copy(update=own)


def _kept(event: CaseClosed, duplicate: Case) -> bool | None:
    return False if event.in_time is False else duplicate.resolve.kept(duplicate.resolved_at or event.at)


def _check_can_follow(case: Case) -> None:
    if case.status is Status.CLOSED:
        raise AlreadyClosedError
    if case.status in DONE:
        raise AlreadyResolvedError
    if case.open_parts:
        raise JointTasksOpenError
    if case.is_suspended:
        raise SuspendedError
    if case.duplicates:
        raise MasterItselfError


def _stands_still(case: Case, command: Merge) -> Sequence[SuspensionGranted]:
    """With a master that is suspended it is too, unless it was late by then."""
    master = command.master
    if master.unit is None or master.suspension is None or not master.is_suspended or case.resolve.missed:
        return ()
    granted = SuspensionGranted(
        case_id=case.id,
        at=command.now,
        history=case.history,
        via=master.id,
        unit=master.unit,
        by=command.by.person,
        until=master.suspension.until,
        matter=case.matter,
    )
    return (granted,)


def _check_can_be_followed(case: Case, by: UUID) -> None:
    if case.id == by or case.master is not None or case.status in DONE:
        raise MergeTargetError


def _judged_by(case: Case, master: Case) -> Deadlines:
    """The earlier of both promises, so that merging makes nobody punctual.

    An imported past promises nothing, and neither does a case that is suspended until its clock runs on.
    """
    promises = [each.resolve.promise for each in (case, master) if not each.history and not each.is_suspended]
    return Deadlines(resolve_by=min((promise for promise in promises if promise is not None), default=None))


@evolves
def _evolved(case: Case, event: CaseMerged | CaseJoined) -> Case:
    match event:
        case CaseMerged(into=into, deadlines=deadlines):
            asked_no_more = replace(case, status=Status.MERGED, master=into, extension=None, suspension=None)
            judged_by = replace(case.resolve.stopped(), promise=deadlines.resolve_by, deadline=deadlines.resolve_by)
            ended = replace(asked_no_more, accept=case.accept.stopped(), first_response=case.first_response.over())
            return replace(ended, resolve=judged_by)
        case CaseJoined(duplicate=duplicate):
            return replace(case, duplicates=(*case.duplicates, duplicate))


# What a merged case is after its master's work was judged.
FOLLOWS_AS: Mapping[type[FollowedEvent], Status] = {
    VerificationPassed: Status.VERIFIED,
    VerificationFailed: Status.MERGED,
    CaseClosed: Status.CLOSED,
}


def after_its_master(case: Case, event: FollowedEvent) -> Case:
    """It goes along with its master, by no clock of its own; what it is judged by moves with its master's."""
    match event:
        case CaseResolved(by=by, at=at):
            return replace(case, status=Status.RESOLVED, resolved_by=by, resolved_at=at)
        case VerificationPassed() | VerificationFailed() | CaseClosed():
            return replace(case, status=FOLLOWS_AS[type(event)])
        case CaseReopened(deadlines=deadlines, history=history):
            anew = replace(case, status=Status.MERGED, resolved_by=None, resolved_at=None, history=history)
            return replace(anew, resolve=case.resolve.started(deadlines.resolve_by).stopped())
        case DeadlineRecomputed():
            return after_recount(case, event)
        case ExtensionGranted(deadlines=deadlines):
            return replace(case, resolve=case.resolve.moved(deadlines.resolve_by).stopped())
        case SuspensionEnded(deadlines=deadlines, judged_by=judged_by):
            return replace(case, resolve=case.resolve.resumed(deadlines.resolve_by, (), judged_by).stopped())
        case _:
            return case
