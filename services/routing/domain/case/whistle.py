"""吹哨报到: other units are called to a case; each reports in, does its task or declines it, and none is forgotten.

A whistle is an act of today, also on a case that another system began: called units are messaged, and their clocks run.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.routing.domain.case.commands import (
    BlowWhistle,
    Call,
    DeclineTask,
    FinishTask,
    InsistOnTask,
    ReleaseTask,
    ReportIn,
    TakeTaskOver,
)
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves, watched
from services.routing.domain.case.handling import check_coordinates, unit_at_work
from services.routing.domain.case.joint import JointEvent, Part, PartState, parts_after
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case
from services.routing.domain.errors.handling import SameUnitError
from services.routing.domain.errors.joint_work import (
    AlreadyCalledError,
    AlreadyReportedInError,
    NotCalledError,
    NotDeclinedError,
    NotReportedInError,
)
from services.routing.domain.permissions import Action
from shared.contracts.routing import (
    JointTaskDeclined,
    JointTaskDone,
    JointTaskEntrusted,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    RoutingEvent,
    UnitReportedIn,
    WhistleBlown,
)

SETTLES = {ReleaseTask: Action.TASK_RELEASE, InsistOnTask: Action.TASK_INSIST}
Joint = BlowWhistle | ReportIn | FinishTask | DeclineTask | ReleaseTask | InsistOnTask | TakeTaskOver


@decides
def work_together(case: Case, command: Joint) -> Sequence[RoutingEvent]:
    """The events of an act of joint work."""
    match command:
        case BlowWhistle():
            lead = unit_at_work(case)
            check_coordinates(case, command.by, Action.WHISTLE)
            return tuple(_called(case, command, call, lead) for call in command.calls)
        case ReportIn():
            return (_reported_in(case, command),)
        case FinishTask():
            return (_done(case, command),)
        case DeclineTask():
            return (_declined(case, command),)
        case ReleaseTask() | InsistOnTask():
            return (_settled(case, command),)
        case TakeTaskOver():
            return (_taken_over(case, command),)


def _called(case: Case, command: BlowWhistle, call: Call, lead: str) -> WhistleBlown:
    if call.unit == lead:
        raise SameUnitError(call.unit, "units")
    if call.unit in case.joint and case.joint[call.unit].is_open:
        raise AlreadyCalledError(call.unit, "units")
    return WhistleBlown(
        case_id=case.id,
        at=command.now,
        unit=call.unit,
        lead=lead,
        by=command.by.person,
        by_unit=command.by.unit,
        task=call.task or command.task,
        matter=case.matter,
        report_by=call.report_by,
        report_warnings=call.warnings,
    )


def _open_part(case: Case, unit: str) -> Part:
    part = case.joint.get(unit)
    if part is None or not part.is_open:
        raise NotCalledError
    return part


def _reported_in(case: Case, command: ReportIn) -> UnitReportedIn:
    part = _open_part(case, command.by.unit)
    if part.state is not PartState.CALLED:
        raise AlreadyReportedInError
    check_may(case, command.by, Action.REPORT_IN)
    return UnitReportedIn(
        case_id=case.id,
        at=command.now,
        unit=part.unit,
        by=command.by.person,
        in_time=False if part.is_late else part.report_in.kept(command.now),
    )


def _done(case: Case, command: FinishTask) -> JointTaskDone:
    part = _open_part(case, command.by.unit)
    if part.state is not PartState.REPORTED_IN:
        raise NotReportedInError
    check_may(case, command.by, Action.TASK_DONE)
    return JointTaskDone(
        case_id=case.id,
        at=command.now,
        unit=part.unit,
        by=command.by.person,
        to_unit=case.unit or part.called_by,
        note=command.note,
        matter=case.matter,
        evidence=command.evidence,
    )


def _declined(case: Case, command: DeclineTask) -> JointTaskDeclined:
    part = _open_part(case, command.by.unit)
    if part.state is PartState.DECLINED:
        raise NotCalledError
    check_may(case, command.by, Action.TASK_DECLINE)
    return JointTaskDeclined(
        case_id=case.id,
        at=command.now,
        unit=part.unit,
        by=command.by.person,
        to_unit=command.to_unit or part.called_by,
        reason=command.reason,
        matter=case.matter,
        answer_by=command.answer_by,
        answer_warnings=command.warnings,
    )


def _settled(case: Case, command: ReleaseTask | InsistOnTask) -> JointTaskReleased | JointTaskInsisted:
    check_may(case, command.by, SETTLES[type(command)])
    part = _open_part(case, command.unit)
    if part.state is not PartState.DECLINED:
        raise NotDeclinedError
    match command:
        case ReleaseTask(by=by, now=now):
            return JointTaskReleased(case_id=case.id, at=now, unit=part.unit, by=by.person)
        case InsistOnTask(by=by, now=now):
            return JointTaskInsisted(
                case_id=case.id,
                at=now,
                unit=part.unit,
                by=by.person,
                reason=command.reason,
                matter=case.matter,
                report_by=command.report_by,
                report_warnings=command.warnings,
            )


def _taken_over(case: Case, command: TakeTaskOver) -> JointTaskTakenOver:
    check_coordinates(case, command.by, Action.TASK_TAKE_OVER)
    part = _open_part(case, command.unit)
    return JointTaskTakenOver(
        case_id=case.id,
        at=command.now,
        unit=part.unit,
        by=command.by.person,
        by_unit=command.by.unit,
    )


@evolves
def _evolved(case: Case, event: JointEvent) -> Case:
    return replace(watched(case, _seen_by(event)), joint=parts_after(case.joint, event))


def _seen_by(event: JointEvent) -> str | None:
    match event:
        case JointTaskDeclined(to_unit=unit):
            return unit
        case JointTaskEntrusted(from_unit=unit):
            # Who brought the units together, and led them, sees what becomes of it.
            return unit
        case _:
            return None
