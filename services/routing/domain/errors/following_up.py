"""What is refused of a follow-up, and of a case that its looking finds the trouble back from."""

from collections.abc import Sequence

from services.routing.domain.errors import Fault, RoutingError


class FollowUpUnknownError(RoutingError):
    """The case has no such follow-up."""

    status = 404

    @property
    def faults(self) -> Sequence[Fault]:
        """The field; what was written there is not repeated."""
        return (Fault("follow_up", "is no follow-up of this case", "Take the id of one of the case's `follow_ups`."),)


class FollowUpNotOpenError(RoutingError):
    """This time of the follow-up is done, missed or cancelled."""


class FollowUpNotYoursError(RoutingError):
    """Follow-ups are planned and cancelled by the unit that has the case, one above it, or the grid."""

    status = 403


class NotFollowingError(RoutingError):
    """Another unit does this follow-up; only that unit says that it is done."""

    status = 403


class NotOverError(RoutingError):
    """The case is not closed, so that its trouble is not back but still there: what was found belongs to it."""
