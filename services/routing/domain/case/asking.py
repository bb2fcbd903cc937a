"""What every question about the resolve clock has in common: who may ask it, and who answers."""

from datetime import datetime

from services.routing.domain.case.commands import Actor
from services.routing.domain.case.handling import unit_at_work
from services.routing.domain.case.state import Case, Extension, Status, Suspension
from services.routing.domain.errors import (
    AlreadyLateError,
    ExtensionAskedError,
    NoDeadlineError,
    NotAcceptedError,
    SuspendedError,
    SuspensionAskedError,
    WrongUnitError,
)
from shared.contracts.directory import Role


def check_may_ask(case: Case, by: Actor, now: datetime) -> str:
    """The unit that may ask for its resolve clock to be moved or stopped: one question at a time, and in time.

    Raises:
        RoutingError: somebody else has the case, it has no clock that runs, it is late, or a question waits.
    """
    unit = unit_at_work(case)
    if unit != by.unit:
        raise WrongUnitError
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


def is_grid_asked(by: Actor, asked: Extension | Suspension) -> bool:
    """A dispatcher of the grid that was asked; not of any that a whistle has called."""
    return by.role is Role.DISPATCHER and asked.to_unit in (None, by.unit)


def may_answer(by: Actor, asked: Extension | Suspension) -> bool:
    """The grid that was asked, by somebody who did not ask."""
    return is_grid_asked(by, asked) and by.person != asked.by
