"""What is refused of a whistle: of units that are called, and of their tasks."""

from services.routing.domain.errors import RoutingError, UnitNamedError


class NotCoordinatingError(RoutingError):
    """Units are called by the one that has accepted the case, or by the grid; refusals are settled by the grid."""

    status = 403


class NotCalledError(RoutingError):
    """The unit was not called to this case, or is done with its part."""

    status = 403


class AlreadyCalledError(UnitNamedError, RoutingError):
    """The unit has a task in this case that is not done yet."""

    reason = "has a task in this case that is not done yet"
    remedy = "Leave it out, or wait until its task is done or taken over; to give it the case, use `entrust`."


class AlreadyReportedInError(RoutingError):
    """The unit has reported in before."""


class NotReportedInError(RoutingError):
    """The unit must report in before its task can be done."""


class NobodyCalledError(RoutingError):
    """No other unit was called to this case, so there is nobody to confer with."""


class TakesNoPartError(UnitNamedError, RoutingError):
    """The unit takes no part in this case, so it was not at a conference about it."""

    reason = "takes no part in this case"
    remedy = "Name the unit that has the case, or units that were called to it."


class NotThereYetError(UnitNamedError, RoutingError):
    """The unit has not reported in, so it can not be given the case."""

    reason = "has not reported in"
    remedy = "Wait until it has, or transfer the case to a unit that was not called."


class NotDeclinedError(RoutingError):
    """The unit has not declined its task, so there is nothing to settle."""


class JointTasksOpenError(RoutingError):
    """Called units have tasks that are neither done, released nor taken over."""
