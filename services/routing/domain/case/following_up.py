"""回头看/常态化: who plans work that keeps the fix, who does it, and what its clock brings about.

A time that was done, found the trouble back or was missed plans the next one, until all are through. It is of today
also where another system began the case: its unit is reminded, and its clock runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.commands import (
    CancelFollowUp,
    FinishFollowUp,
    FollowUpReached,
    Plan,
    PlanFollowUp,
    ReportRecurrence,
)
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.follow_up import (
    Ended,
    FollowUp,
    FollowUpState,
    Occasion,
    OnFollowUp,
    follow_ups_after,
)
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case, Status
from services.routing.domain.errors.following_up import (
    FollowUpNotOpenError,
    FollowUpUnknownError,
    NotFollowingError,
    NotOverError,
)
from services.routing.domain.errors.handling import NotAcceptedError, NotAssignedError, WithdrawnError
from services.routing.domain.permissions import Action
from shared.contracts.envelope import Sealed
from shared.contracts.routing import (
    CaseEscalated,
    Clock,
    FollowUpCancelled,
    FollowUpDone,
    FollowUpMissed,
    FollowUpPlanned,
    FollowUpRecurred,
    FollowUpReminded,
    RoutingEvent,
)

FollowThrough = PlanFollowUp | FinishFollowUp | ReportRecurrence | CancelFollowUp


@decides
def follow_up(case: Case, command: FollowThrough | FollowUpReached) -> Sequence[RoutingEvent]:
    """The events of an act about a follow-up, or of its clock."""
    match command:
        case PlanFollowUp():
            return (_planned_by_hand(case, command),)
        case FinishFollowUp():
            return _done(case, command)
        case ReportRecurrence():
            return _recurred(case, command)
        case CancelFollowUp():
            return (_cancelled(case, command),)
        case FollowUpReached():
            return _reached(case, command)


def planned_on_closing(case: Case, plans: Sequence[Plan], *, at: datetime) -> Sequence[FollowUpPlanned]:
    """What the rule wants. A case that is closed a second time gets none beside one that is still open."""
    open_ones = {(each.unit, each.by_rule) for each in case.follow_ups.values() if each.is_awaited}
    wanted = [plan for plan in plans if not case.history and (plan.unit, plan.by_rule) not in open_ones]
    return [_planned(case, plan, at=at) for plan in wanted]


def first_follow_up(case: Case, planned: Iterable[FollowUpPlanned]) -> datetime | None:
    """When the first work that keeps the fix is due, of what was planned before and of what is planned now."""
    before = (each.due for each in case.follow_ups.values() if each.is_awaited)
    return min([*before, *(each.due for each in planned)], default=None)


def _planned_by_hand(case: Case, command: PlanFollowUp) -> FollowUpPlanned:
    if case.unit is None:
        raise NotAssignedError
    if case.status is Status.ASSIGNED:
        raise NotAcceptedError
    check_may(case, command.by, Action.FOLLOW_UP)
    return _planned(case, command.plan, at=command.now, by=command.by.person, task=command.task)


def _planned(
    case: Case, plan: Plan, *, at: datetime, by: str | None = None, task: Sealed | None = None
) -> FollowUpPlanned:
    return FollowUpPlanned(
        case_id=case.id,
        at=at,
        follow_up=plan.id,
        occurrence=1,
        unit=plan.unit,
        by=by,
        by_rule=plan.by_rule,
        task=task,
        due=plan.occasion.due,
        deadline=plan.occasion.deadline,
        after_days=plan.after_days,
        every_days=plan.every_days,
        working_days=plan.working_days,
        times=plan.times,
        matter=case.matter,
    )


def _known(case: Case, wanted: UUID) -> FollowUp:
    if wanted not in case.follow_ups:
        raise FollowUpUnknownError
    return case.follow_ups[wanted]


def _theirs(case: Case, command: FinishFollowUp | ReportRecurrence, action: Action) -> FollowUp:
    """The follow-up, if the actor's unit is to say now what came of it."""
    known = _known(case, command.follow_up)
    is_theirs = command.by.unit == known.unit
    if is_theirs and not known.is_awaited:
        raise FollowUpNotOpenError
    check_may(case, command.by, action)
    if not is_theirs:
        raise NotFollowingError
    return known


def _done(case: Case, command: FinishFollowUp) -> Sequence[RoutingEvent]:
    known = _theirs(case, command, Action.FOLLOW_UP_DONE)
    done = FollowUpDone(
        case_id=case.id,
        at=command.now,
        follow_up=known.id,
        occurrence=known.occurrence,
        unit=known.unit,
        by=command.by.person,
        note=command.note,
        evidence=command.evidence,
        matter=case.matter,
    )
    return (done, *_next(case, known, done, command.again))


def _recurred(case: Case, command: ReportRecurrence) -> Sequence[RoutingEvent]:
    """The trouble is back. The times that remain are kept: whoever fixes it anew is not who looks whether it lasts."""
    known = _theirs(case, command, Action.FOLLOW_UP_RECURRED)
    if case.reporter_withdrew:
        raise WithdrawnError
    if case.status is not Status.CLOSED:
        # It is not back but still there, or back already, and somebody is at it.
        raise NotOverError
    recurred = FollowUpRecurred(
        case_id=case.id,
        at=command.now,
        follow_up=known.id,
        occurrence=known.occurrence,
        unit=known.unit,
        other=command.other,
        by=command.by.person,
        words=command.words,
        evidence=command.evidence,
        matter=case.matter,
    )
    return (recurred, *_next(case, known, recurred, command.again))


def _cancelled(case: Case, command: CancelFollowUp) -> FollowUpCancelled:
    known = _known(case, command.follow_up)
    check_may(case, command.by, Action.FOLLOW_UP_CANCEL)
    if not known.is_open:
        raise FollowUpNotOpenError
    return FollowUpCancelled(
        case_id=case.id,
        at=command.now,
        follow_up=known.id,
        occurrence=known.occurrence,
        unit=known.unit,
        by=command.by.person,
        reason=command.reason,
    )


def _reached(case: Case, command: FollowUpReached) -> Sequence[RoutingEvent]:
    known = case.follow_ups.get(command.follow_up)
    if known is None or not known.clock.is_due(command.generation, command.now):
        return ()
    if known.state is FollowUpState.PLANNED:
        return (_due(case, known, command),)
    missed = FollowUpMissed(
        case_id=case.id,
        at=command.now,
        follow_up=known.id,
        occurrence=known.occurrence,
        unit=known.unit,
        task=known.task,
        by_rule=known.by_rule,
        deadline=known.deadline,
        matter=case.matter,
    )
    return (missed, *_told_above(case, known, command), *_next(case, known, missed, command.again))


def _due(case: Case, known: FollowUp, command: FollowUpReached) -> FollowUpReminded:
    return FollowUpReminded(
        case_id=case.id,
        at=command.now,
        follow_up=known.id,
        occurrence=known.occurrence,
        unit=command.unit or known.unit,
        task=known.task,
        by_rule=known.by_rule,
        deadline=command.deadline,
        matter=case.matter,
    )


def _told_above(case: Case, known: FollowUp, command: FollowUpReached) -> Sequence[CaseEscalated]:
    if command.next_unit is None:
        return ()
    escalated = CaseEscalated(
        case_id=case.id,
        at=command.now,
        clock=Clock.FOLLOW_UP,
        level=1,
        from_unit=known.unit,
        to_unit=command.next_unit,
        matter=case.matter,
    )
    return (escalated,)


def _next(case: Case, known: FollowUp, ended: Ended, again: Occasion | None) -> Sequence[FollowUpPlanned]:
    if again is None or not known.comes_again:
        return ()
    planned = FollowUpPlanned(
        case_id=case.id,
        at=ended.at,
        follow_up=known.id,
        occurrence=known.occurrence + 1,
        unit=known.unit,
        task=known.task,
        by_rule=known.by_rule,
        due=again.due,
        deadline=again.deadline,
        every_days=known.every_days,
        working_days=known.working_days,
        times=known.times,
        matter=case.matter,
    )
    return (planned,)


@evolves
def _evolved(case: Case, event: OnFollowUp) -> Case:
    came_of_it = (event.other,) if isinstance(event, FollowUpRecurred) else ()
    follow_ups = follow_ups_after(case.follow_ups, event)
    return replace(case, follow_ups=follow_ups, split_off=(*case.split_off, *came_of_it))
