"""What is refused of two cases that are to become one."""

from collections.abc import Sequence

from services.routing.domain.errors import Fault, RoutingError


class MergedError(RoutingError):
    """The case was merged into another and follows it; what is to be done is done there."""


class MasterItselfError(RoutingError):
    """Others were merged into this case, so it can not be merged into one itself."""


class MergeTargetError(RoutingError):
    """A case is merged into another of its district that is being worked on, that you see, and that follows none."""

    status = 422

    @property
    def faults(self) -> Sequence[Fault]:
        """The number that was given; it is not repeated."""
        return [Fault("into", "is no case that this one can be merged into", "Give the number of another open case.")]
