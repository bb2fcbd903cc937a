"""What is refused of a case on its way from one unit to the next, and of its closing."""

from collections.abc import Sequence

from services.routing.domain.errors import Fault, RoutingError, UnitNamedError


class CaseUnknownError(RoutingError):
    """There is no such case."""

    status = 404


class AlreadyOpenedError(RoutingError):
    """The case has been opened before."""


class NotAssignedError(RoutingError):
    """The case has no unit yet, so none can act on it."""


class WrongUnitError(RoutingError):
    """Another unit has the case; only that unit may do this."""

    status = 403


class AlreadyAcceptedError(RoutingError):
    """The case has been accepted before."""


class NotAcceptedError(RoutingError):
    """The case must be accepted first."""


class AlreadyReturnedError(RoutingError):
    """The unit gave the case back before, and has it again: it is given back once only."""


class NobodyAboveError(RoutingError):
    """No unit stands above the one that has the case, so that nobody would see to it once it was given back."""


class AlreadyClosedError(RoutingError):
    """The case is closed."""


class SameUnitError(UnitNamedError, RoutingError):
    """The case is with this unit already."""

    reason = "has the case already"
    remedy = "Name another unit."


class SameCategoryError(RoutingError):
    """The case counts as of this category already."""

    @property
    def faults(self) -> Sequence[Fault]:
        """The field that names it."""
        return [Fault("category", "is what the case counts as already", "Name another category.")]


class CategoryUnknownError(RoutingError):
    """The district has no such category; choose one of those that are offered."""

    status = 422

    @property
    def faults(self) -> Sequence[Fault]:
        """The field that names none; what was written there is not repeated."""
        remedy = "Take the id of one of the `categories` that the case offers."
        return [Fault("category", "is no category of the district", remedy)]


class WithdrawnError(RoutingError):
    """The reporter withdrew it, and nobody else told of the same: nothing is to be done with it any more."""


class ReporterForgottenError(RoutingError):
    """The reporter was forgotten at their request: nothing is opened in their name any more."""


class ChangedMeanwhileError(RoutingError):
    """Somebody else acted on the case since it was shown; look again, then decide."""

    status = 412
