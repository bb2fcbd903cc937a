"""交办: of the units that were called together one is given the job, and leads from then on.

The reporter's deadline does not move because of it; what the other units were asked stays open, unless they are let go.
"""

from collections.abc import Sequence

from services.routing.domain.case.commands import Entrust
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.handling import check_coordinates, check_runs, unit_at_work
from services.routing.domain.case.joint import Part, PartState
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import BY_HAND, Case, Status
from services.routing.domain.errors.joint_work import NotCalledError, NotThereYetError
from services.routing.domain.permissions import Action
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseTransferred,
    JointTaskEntrusted,
    JointTaskReleased,
    RoutingEvent,
    RuleTrace,
)


@decides
def entrust(case: Case, command: Entrust) -> Sequence[RoutingEvent]:
    """The called unit has the case at once, in the place of who led until now."""
    if case.status is not Status.UNASSIGNED:
        unit_at_work(case)
    check_coordinates(case, command.by, Action.ENTRUST)
    part = _who_is_there(case, command.unit)
    check_runs(case)
    entrusted = JointTaskEntrusted(
        case_id=case.id,
        at=command.now,
        unit=part.unit,
        by=command.by.person,
        by_unit=command.by.unit,
        from_unit=case.unit,
    )
    return (entrusted, *_released(case, command), *_handed_over(case, command))


def _who_is_there(case: Case, unit: str) -> Part:
    part = case.joint.get(unit)
    if part is None or not part.is_open:
        raise NotCalledError
    if part.state is not PartState.REPORTED_IN:
        raise NotThereYetError(unit)
    return part


def _released(case: Case, command: Entrust) -> Sequence[JointTaskReleased]:
    if not command.release:
        return ()
    # That a unit need not do its task is the grid's to say, as when it declines.
    check_may(case, command.by, Action.TASK_RELEASE)
    others = (part.unit for part in case.open_parts if part.unit != command.unit)
    return [JointTaskReleased(case_id=case.id, at=command.now, unit=unit, by=command.by.person) for unit in others]


def _handed_over(case: Case, command: Entrust) -> tuple[CaseTransferred, CaseAssigned, CaseAccepted]:
    transferred = CaseTransferred(
        case_id=case.id,
        at=command.now,
        history=case.history,
        from_unit=case.unit,
        to_unit=command.unit,
        by=command.by.person,
        reason=command.reason,
    )
    assigned = CaseAssigned(
        case_id=case.id,
        at=command.now,
        history=case.history,
        unit=command.unit,
        matter=case.matter,
        trace=RuleTrace(rule=BY_HAND, directory_version=command.directory_version),
        deadlines=case.deadlines,
        terms=case.terms,
        verification=case.verification,
        follow_ups=case.follow_up_terms,
        entrusted=True,
    )
    accepted = CaseAccepted(
        case_id=case.id, at=command.now, history=case.history, unit=command.unit, by=command.by.person
    )
    return transferred, assigned, accepted
