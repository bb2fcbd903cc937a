"""延期: a unit that needs more time asks before its deadline has passed; the grid grants or refuses.

What is granted moves the promise that the case is judged by, so it is asked for in time, and not of oneself.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.routing.domain.case.asking import check_may_ask, is_anothers
from services.routing.domain.case.commands import (
    AskExtension,
    GrantExtension,
    RefuseExtension,
    WithdrawExtension,
)
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves, watched
from services.routing.domain.case.handling import unit_at_work
from services.routing.domain.case.more_time import Extension
from services.routing.domain.case.standing import check_may
from services.routing.domain.case.state import Case
from services.routing.domain.errors.more_time import (
    ExtensionNotAskedError,
    ExtensionNotYoursError,
    NotLaterError,
    PassedMeanwhileError,
)
from services.routing.domain.permissions import Action
from shared.contracts.routing import (
    Deadlines,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    RoutingEvent,
)

# What is asked for at once; who needs longer asks again.
EXTENSION_DAYS_MAX = 30
ANSWERS = {GrantExtension: Action.EXTEND_GRANT, RefuseExtension: Action.EXTEND_REFUSE}


Extend = AskExtension | GrantExtension | RefuseExtension | WithdrawExtension


@decides
def extend(case: Case, command: Extend) -> Sequence[RoutingEvent]:
    """The events of an act about more time."""
    match command:
        case AskExtension():
            return (_asked(case, command),)
        case GrantExtension() | RefuseExtension():
            return (_answered(case, command),)
        case WithdrawExtension():
            return (_withdrawn(case, command),)


def _asked(case: Case, command: AskExtension) -> ExtensionAsked:
    unit = check_may_ask(case, command.by, Action.EXTEND, command.now)
    if case.resolve.deadline is not None and command.resolve_by <= case.resolve.deadline:
        raise NotLaterError
    return ExtensionAsked(
        case_id=case.id,
        at=command.now,
        unit=unit,
        by=command.by.person,
        to_unit=command.to_unit,
        resolve_by=command.resolve_by,
        reason=command.reason,
        matter=case.matter,
        answer_by=command.answer_by,
        answer_warnings=command.warnings,
    )


def _answered(case: Case, command: GrantExtension | RefuseExtension) -> ExtensionGranted | ExtensionRefused:
    unit, asked = unit_at_work(case), _waiting(case)
    check_may(case, command.by, ANSWERS[type(command)])
    if not is_anothers(command.by, asked):
        raise ExtensionNotYoursError
    match command:
        case GrantExtension(by=by, now=now):
            # A calendar may have moved the deadline since: who grants more time may not take some away.
            if asked.resolve_by <= max(now, case.resolve.deadline or now):
                raise PassedMeanwhileError
            deadlines = Deadlines(
                accept_by=case.accept.deadline, resolve_by=asked.resolve_by, resolve_warnings=command.warnings
            )
            return ExtensionGranted(
                case_id=case.id, at=now, unit=unit, by=by.person, deadlines=deadlines, matter=case.matter
            )
        case RefuseExtension(by=by, now=now, reason=reason):
            return ExtensionRefused(case_id=case.id, at=now, unit=unit, by=by.person, reason=reason, matter=case.matter)


def _withdrawn(case: Case, command: WithdrawExtension) -> ExtensionWithdrawn:
    unit = unit_at_work(case)
    _waiting(case)
    check_may(case, command.by, Action.EXTEND_WITHDRAW)
    return ExtensionWithdrawn(case_id=case.id, at=command.now, unit=unit, by=command.by.person)


def _waiting(case: Case) -> Extension:
    if case.extension is None:
        raise ExtensionNotAskedError
    return case.extension


@evolves
def _evolved(case: Case, event: ExtensionAsked | ExtensionGranted | ExtensionRefused | ExtensionWithdrawn) -> Case:
    match event:
        case ExtensionAsked(by=by, resolve_by=resolve_by, to_unit=to_unit):
            return replace(watched(case, to_unit), extension=Extension(by=by, to_unit=to_unit, resolve_by=resolve_by))
        case ExtensionGranted(deadlines=deadlines):
            moved = case.resolve.moved(deadlines.resolve_by, deadlines.resolve_warnings)
            return replace(case, extension=None, resolve=moved)
        case ExtensionRefused() | ExtensionWithdrawn():
            return replace(case, extension=None)
