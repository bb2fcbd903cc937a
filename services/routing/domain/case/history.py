"""A case as another system's past tells it: its events dated as they were, silent and without clocks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.routing.domain.case.commands import ImportCase
from shared.contracts.intake import Channel
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseNoted,
    CaseOpened,
    CaseResolved,
    RoutingEvent,
    VerificationPassed,
)


def imported(command: ImportCase) -> Sequence[RoutingEvent]:
    """Opened and assigned when it was reported, then what the row tells, in the order of time."""
    return (_opened(command), _assigned(command), *_in_order(_stages(command), _notes(command)))


def _opened(command: ImportCase) -> CaseOpened:
    return CaseOpened(
        case_id=command.case_id,
        at=command.opened_at,
        history=True,
        matter=command.matter,
        channel=Channel.IMPORT,
        text=command.text,
        stated_urgency=command.stated_urgency,
    )


def _assigned(command: ImportCase) -> CaseAssigned:
    return CaseAssigned(
        case_id=command.case_id,
        at=command.opened_at,
        history=True,
        unit=command.assignment.unit,
        matter=command.matter,
        trace=command.assignment.trace,
        deadlines=command.assignment.deadlines,
        terms=command.assignment.terms,
    )


def _stages(command: ImportCase) -> Sequence[RoutingEvent]:
    """One event for each milestone that the row has; nothing is made up for those it lacks."""
    case_id, unit, milestones = command.case_id, command.assignment.unit, command.milestones
    stages: list[RoutingEvent] = []
    if accepted_at := milestones.accepted_at:
        stages.append(CaseAccepted(case_id=case_id, at=accepted_at, history=True, unit=unit))
    if resolved_at := milestones.resolved_at:
        stages.append(CaseResolved(case_id=case_id, at=resolved_at, history=True, unit=unit))
    if verified_at := milestones.verified_at:
        stages.append(VerificationPassed(case_id=case_id, at=verified_at, history=True))
    if closed_at := milestones.closed_at:
        stages.append(_closed(command, closed_at))
    return stages


def _closed(command: ImportCase, closed_at: datetime) -> CaseClosed:
    resolve_by = command.assignment.deadlines.resolve_by
    done_at = command.milestones.resolved_at or closed_at
    return CaseClosed(
        case_id=command.case_id,
        at=closed_at,
        history=True,
        unit=command.assignment.unit,
        matter=command.matter,
        deadlines=command.assignment.deadlines,
        in_time=None if resolve_by is None else done_at <= resolve_by,
    )


def _notes(command: ImportCase) -> Sequence[CaseNoted]:
    return [
        CaseNoted(case_id=command.case_id, at=note.at, history=True, note=note.text)
        for note in sorted(command.notes, key=lambda note: note.at)
    ]


def _in_order(stages: Sequence[RoutingEvent], notes: Iterable[CaseNoted]) -> Sequence[RoutingEvent]:
    """Notes between the stages by time. Stages keep their order even where a source dates one before the last."""
    waiting, merged = list(notes), list[RoutingEvent]()
    for stage in stages:
        while waiting and waiting[0].at < stage.at:
            merged.append(waiting.pop(0))
        merged.append(stage)
    return (*merged, *waiting)
