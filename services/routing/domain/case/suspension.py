"""挂账: a case that can not go on for a reason that is not its unit's has its resolve clock stand still, with approval.

It has an end, at which the clock runs on by itself with what it had left; so what was forgotten comes back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.routing.domain.case.asking import check_may_ask, is_anothers, is_asked
from services.routing.domain.case.commands import (
    AskSuspension,
    EndSuspension,
    GrantSuspension,
    RefuseSuspension,
    SuspensionReached,
    WithdrawSuspension,
)
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves, watched
from services.routing.domain.case.handling import unit_at_work
from services.routing.domain.case.more_time import Suspension
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case
from services.routing.domain.errors.more_time import (
    NotLaterError,
    NotSuspendedError,
    PassedMeanwhileError,
    SuspensionNotAskedError,
    SuspensionNotYoursError,
)
from services.routing.domain.permissions import Action
from shared.contracts.routing import (
    Deadlines,
    RoutingEvent,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
)

ANSWERS = {GrantSuspension: Action.SUSPEND_GRANT, RefuseSuspension: Action.SUSPEND_REFUSE}


Suspend = AskSuspension | GrantSuspension | RefuseSuspension | WithdrawSuspension | EndSuspension


@decides
def suspend(case: Case, command: Suspend | SuspensionReached) -> Sequence[RoutingEvent]:
    """The events of an act about standing still, or of its end."""
    match command:
        case AskSuspension():
            return (_asked(case, command),)
        case GrantSuspension() | RefuseSuspension():
            return (_answered(case, command),)
        case WithdrawSuspension():
            return (_withdrawn(case, command),)
        case EndSuspension():
            return (_ended(case, command),)
        case SuspensionReached():
            return _reached(case, command)


def _asked(case: Case, command: AskSuspension) -> SuspensionAsked:
    unit = check_may_ask(case, command.by, Action.SUSPEND, command.now)
    if command.until <= command.now:
        raise NotLaterError
    return SuspensionAsked(
        case_id=case.id,
        at=command.now,
        unit=unit,
        by=command.by.person,
        to_unit=command.to_unit,
        until=command.until,
        reason=command.reason,
        matter=case.matter,
        answer_by=command.answer_by,
        answer_warnings=command.warnings,
    )


def _answered(case: Case, command: GrantSuspension | RefuseSuspension) -> SuspensionGranted | SuspensionRefused:
    unit, asked = unit_at_work(case), case.suspension
    if asked is None or asked.is_granted:
        raise SuspensionNotAskedError
    check_may(case, command.by, ANSWERS[type(command)])
    if not is_anothers(command.by, asked):
        raise SuspensionNotYoursError
    match command:
        case GrantSuspension(by=by, now=now):
            if asked.until <= now:
                raise PassedMeanwhileError
            return SuspensionGranted(
                case_id=case.id, at=now, unit=unit, by=by.person, until=asked.until, matter=case.matter
            )
        case RefuseSuspension(by=by, now=now, reason=reason):
            return SuspensionRefused(
                case_id=case.id, at=now, unit=unit, by=by.person, reason=reason, matter=case.matter
            )


def _withdrawn(case: Case, command: WithdrawSuspension) -> SuspensionWithdrawn:
    unit = unit_at_work(case)
    if case.suspension is None or case.suspension.is_granted:
        raise SuspensionNotAskedError
    check_may(case, command.by, Action.SUSPEND_WITHDRAW)
    return SuspensionWithdrawn(case_id=case.id, at=command.now, unit=unit, by=command.by.person)


def _ended(case: Case, command: EndSuspension) -> SuspensionEnded:
    unit = unit_at_work(case)
    if case.suspension is None or not case.suspension.is_granted:
        raise NotSuspendedError
    check_may(case, command.by, Action.SUSPEND_END)
    if command.by.unit not in {unit, *command.grids} and not is_asked(command.by, case.suspension):
        raise SuspensionNotYoursError
    return SuspensionEnded(
        case_id=case.id,
        at=command.now,
        unit=unit,
        by=command.by.person,
        deadlines=_deadlines(case, command),
        judged_by=judged_by(case, command.resolve_by, command.promised),
        matter=case.matter,
    )


def _reached(case: Case, command: SuspensionReached) -> Sequence[SuspensionEnded]:
    if not _is_due(case.suspension, command, case.resolve.generation) or case.unit is None:
        return ()
    ended = SuspensionEnded(
        case_id=case.id,
        at=command.now,
        unit=case.unit,
        deadlines=_deadlines(case, command),
        judged_by=judged_by(case, command.resolve_by, command.promised),
        matter=case.matter,
    )
    return (ended,)


def _deadlines(case: Case, command: EndSuspension | SuspensionReached) -> Deadlines:
    return Deadlines(accept_by=case.accept.deadline, resolve_by=command.resolve_by, resolve_warnings=command.warnings)


def judged_by(case: Case, resolve_by: datetime | None, promised: datetime | None) -> datetime | None:
    """Never by what rework got, for which nobody promised more; nor by less than was promised before."""
    later = case.resolve.moved(resolve_by).promise
    return min(later, promised) if later is not None and promised is not None else later


def _is_due(suspension: Suspension | None, command: SuspensionReached, generation: int) -> bool:
    granted = suspension is not None and suspension.is_granted and suspension.until <= command.now
    return granted and command.generation == generation


OnSuspension = SuspensionAsked | SuspensionGranted | SuspensionRefused | SuspensionWithdrawn | SuspensionEnded


@evolves
def _evolved(case: Case, event: OnSuspension) -> Case:
    match event:
        case SuspensionAsked(at=at, by=by, until=until, to_unit=to_unit):
            asked = Suspension(by=by, to_unit=to_unit, asked_at=at, until=until)
            return replace(watched(case, to_unit), suspension=asked)
        case SuspensionGranted():
            return _suspended(case, event)
        case SuspensionRefused() | SuspensionWithdrawn():
            return replace(case, suspension=None)
        case SuspensionEnded(deadlines=due, judged_by=promise):
            resumed = case.resolve.resumed(due.resolve_by, due.resolve_warnings, promise)
            return replace(case, suspension=None, resolve=resumed)


def _suspended(case: Case, event: SuspensionGranted) -> Case:
    deadline, asked = case.resolve.deadline, case.suspension
    known = asked or Suspension(by=event.by, to_unit=None, asked_at=event.at, until=event.until)
    since = event.at if deadline is None or event.at < deadline else known.asked_at
    granted = replace(known, until=event.until, since=since, deadline=deadline)
    return replace(case, suspension=granted, resolve=case.resolve.paused())
