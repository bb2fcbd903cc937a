"""What every question about the resolve clock has in common: who may ask it, and who answers."""

from datetime import datetime

from services.routing.domain.case.commands import Actor
from services.routing.domain.case.handling import unit_for
from services.routing.domain.case.more_time import Extension, Suspension
from services.routing.domain.case.state import Case, Status
from services.routing.domain.errors.handling import NotAcceptedError
from services.routing.domain.errors.more_time import (
    AlreadyLateError,
    ExtensionAskedError,
    NoDeadlineError,
    SuspendedError,
    SuspensionAskedError,
)
from services.routing.domain.permissions import Action


def check_may_ask(case: Case, by: Actor, action: Action, now: datetime) -> str:
    """The unit that may ask for its resolve clock to be moved or stopped: one question at a time, and in time.

    Raises:
        RoutingError: somebody else has the case, it has no clock that runs, it is late, or a question waits.
    """
    unit = unit_for(case, by, action)
    if case.status is not Status.ACCEPTED:
        raise NotAcceptedError
    if case.is_suspended:
        raise SuspendedError
    if case.extension is not None:
        raise ExtensionAskedError
    if case.suspension is not None:
        raise SuspensionAskedError
    if case.history or case.resolve.deadline is None:
        raise NoDeadlineError
    if case.resolve.missed or case.resolve.kept(now) is False:
        raise AlreadyLateError
    return unit


def is_asked(by: Actor, asked: Extension | Suspension) -> bool:
    """Of the grid that was asked; not of any that a whistle has called."""
    return asked.to_unit in (None, by.unit)


def is_anothers(by: Actor, asked: Extension | Suspension) -> bool:
    """A question to their grid that somebody else asked: nobody answers their own."""
    return is_asked(by, asked) and by.person != asked.by
