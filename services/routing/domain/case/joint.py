"""The part of a called unit in a case (联合处置): its task's state, and the clock of its reporting in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from services.routing.domain.case.countdown import Countdown
from shared.contracts.routing import (
    JointTaskDeclined,
    JointTaskDone,
    JointTaskEntrusted,
    JointTaskInsisted,
    JointTaskReleased,
    JointTaskTakenOver,
    UnitReportedIn,
    WhistleBlown,
)


class PartState(StrEnum):
    """How far a called unit's task has come."""

    CALLED = "called"
    REPORTED_IN = "reported_in"
    DECLINED = "declined"
    DONE = "done"
    RELEASED = "released"
    TAKEN_OVER = "taken_over"
    MADE_LEAD = "made_lead"


OPEN = frozenset({PartState.CALLED, PartState.REPORTED_IN, PartState.DECLINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`called_by` is the unit whose whistle it was; `done_by` all who did a task of it, earlier ones too.

    `was_late`: it was late before the grid insisted.
    """

    unit: str
    called_by: str
    state: PartState = PartState.CALLED
    report_in: Countdown = field(default_factory=Countdown)
    reported_at: datetime | None = None
    was_late: bool = False
    done_by: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether its task is neither done, released nor taken over, and the whole job is not its own."""
        return self.state in OPEN

    @property
    def is_late(self) -> bool:
        """Whether it did not report in by the moment that it was given, whatever it has done since."""
        in_time = self.report_in.kept(self.reported_at) if self.reported_at else None
        return self.was_late or self.report_in.missed or in_time is False


Parts = Mapping[str, Part]
JointEvent = (
    WhistleBlown
    | UnitReportedIn
    | JointTaskDone
    | JointTaskDeclined
    | JointTaskReleased
    | JointTaskInsisted
    | JointTaskTakenOver
    | JointTaskEntrusted
)

STATE_AFTER: Mapping[type[JointEvent], PartState] = {
    WhistleBlown: PartState.CALLED,
    UnitReportedIn: PartState.REPORTED_IN,
    JointTaskDone: PartState.DONE,
    JointTaskDeclined: PartState.DECLINED,
    JointTaskReleased: PartState.RELEASED,
    JointTaskInsisted: PartState.CALLED,
    JointTaskTakenOver: PartState.TAKEN_OVER,
    JointTaskEntrusted: PartState.MADE_LEAD,
}


def parts_after(parts: Parts, event: JointEvent) -> Parts:
    """The parts after one more event."""
    return {**parts, event.unit: _after(parts.get(event.unit), event)}


def _after(part: Part | None, event: JointEvent) -> Part:
    if isinstance(event, WhistleBlown):
        # Called a second time after its first task, its clock must be told from the timers of the first.
        clock = part.report_in if part else Countdown()
        done_by = part.done_by if part else frozenset[str]()
        started = clock.started(event.report_by, event.report_warnings)
        return Part(unit=event.unit, called_by=event.by_unit, report_in=started, done_by=done_by)
    known = part or Part(unit=event.unit, called_by=event.unit)
    moved = replace(known, state=STATE_AFTER[type(event)])
    match event:
        case UnitReportedIn(at=at):
            return replace(moved, reported_at=at, report_in=known.report_in.stopped())
        case JointTaskInsisted(report_by=report_by, report_warnings=warnings):
            again = known.report_in.started(report_by, warnings)
            return replace(moved, reported_at=None, report_in=again, was_late=known.is_late)
        case JointTaskDone(by=by):
            return replace(moved, done_by=known.done_by | {by})
        case JointTaskDeclined() | JointTaskReleased() | JointTaskEntrusted():
            return replace(moved, report_in=known.report_in.stopped())
        case JointTaskTakenOver(by=by):
            return replace(moved, report_in=known.report_in.stopped(), done_by=known.done_by | {by})
