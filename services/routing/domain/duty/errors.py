"""What is refused of a unit's duty, in words for the one who asked."""

from collections.abc import Sequence

from services.routing.domain.errors import Fault, FieldsNamedError, RoutingError


class NotOnDutyError(RoutingError):
    """The duty is handed over by who is on duty, or by the unit's lead."""

    status = 403


class NobodyOnDutyError(RoutingError):
    """Nobody is on duty for the unit now, so there is nothing to hand over."""


class NotOfTheUnitError(RoutingError):
    """Who takes over is somebody else of the same unit."""

    status = 422

    @property
    def faults(self) -> Sequence[Fault]:
        """The field; what was written there is not repeated."""
        return [Fault("to", "is nobody else of the unit", "Take the id of one of the unit's `people`.")]


class MayNotAnswerError(FieldsNamedError, RoutingError):
    """Who is on duty must be allowed to accept the unit's cases: the role of who would be is not."""

    reason = "leads to somebody whose role may accept no case"
    remedy = "Take somebody of `people` who `may_be_on_duty`."


class HoursMissingError(RoutingError):
    """The turn that runs has no end, so it must be said for how many hours it is handed over."""

    status = 422

    @property
    def faults(self) -> Sequence[Fault]:
        """The field."""
        return [Fault("hours", "is missing", "Say for how many hours somebody else answers.")]


class TurnUnknownError(FieldsNamedError, RoutingError):
    """The unit has no such turn ahead that could be swapped, or both are of the same person."""

    reason = "is the start of no turn that can be swapped so"
    remedy = "Take the `start` of one of the unit's turns that are still to come and have an end."


class TurnNotYoursError(RoutingError):
    """Members give their own turns away; those of others are their lead's to move."""

    status = 403


class SwapAskedError(RoutingError):
    """One of these turns waits for an answer to a swap already."""


class SwapNotYoursError(RoutingError):
    """A swap is answered by who was asked, withdrawn by who asked; their lead may do either."""

    status = 403


class SwapOverError(RoutingError):
    """This swap waits for no answer: it was answered or withdrawn, a turn of it has begun, or one changed hands."""
