"""What is refused of an extension and of a suspension, and of the answers to who asks for one."""

from services.routing.domain.errors import RoutingError


class NoDeadlineError(RoutingError):
    """The case has no resolve deadline that runs, so there is none to extend."""


class AlreadyLateError(RoutingError):
    """The deadline has passed; more time is asked for before that."""


class ExtensionAskedError(RoutingError):
    """More time has been asked for, and the grid has not answered yet."""


class ExtensionNotAskedError(RoutingError):
    """Nobody waits for an answer about more time."""


class ExtensionNotYoursError(RoutingError):
    """The grid answers whether a case gets more time, and not who asked for it."""

    status = 403


class SuspendedError(RoutingError):
    """The case is suspended; end the suspension first."""


class NotSuspendedError(RoutingError):
    """The case is not suspended, so that nothing is to be ended."""


class SuspensionAskedError(RoutingError):
    """A suspension has been asked for, and the grid has not answered yet."""


class SuspensionNotAskedError(RoutingError):
    """Nobody waits for an answer about a suspension."""


class SuspensionNotYoursError(RoutingError):
    """The grid answers whether a case is suspended, and not who asked; the unit that has it, or the grid, ends it."""

    status = 403


class PassedMeanwhileError(RoutingError):
    """What was asked for has passed, or the deadline is later by now; refuse it, so that more can be asked for."""


class NotLaterError(RoutingError):
    """An extension or a suspension ends later than what it moves."""

    status = 422
