"""What is refused of work that is said to be done, and of its verification by somebody else."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.errors import Fault, RoutingError


class AlreadyResolvedError(RoutingError):
    """The case is resolved and waits for verification or closing."""


class NotResolvedError(RoutingError):
    """The case is not resolved, so there is nothing to verify or dispute yet."""


class DoerCannotVerifyError(RoutingError):
    """Who resolved the case cannot verify it; somebody else must."""


class NotVerifierError(RoutingError):
    """Another unit verifies this case by its rule: that one does, or the grid, and never the one that did the work."""

    status = 403


class ObservedError(RoutingError):
    """What was changed is still being observed; it can be passed when that time is over, and failed before."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until

    @property
    def faults(self) -> Sequence[Fault]:
        """Until when."""
        return (Fault("observed_until", f"is {self.until.isoformat()}", "Look again then; fail it now if it is bad."),)


class EvidenceMissingError(RoutingError):
    """The rule of this case asks for more evidence than came with it."""

    status = 422

    def __init__(self, fields: Sequence[str] = (), *, photos_min: int = 0) -> None:
        super().__init__()
        self.fields, self.photos_min = tuple(fields), photos_min

    @property
    def faults(self) -> Sequence[Fault]:
        """Each field in which something is missing."""
        asked = {
            "note": Fault("note", "is missing", "Say in a sentence what was done on site."),
            "photos": Fault("photos", f"are fewer than {self.photos_min}", "Take them on site and send them along."),
        }
        return [asked[field] for field in self.fields]


class TookPartError(RoutingError):
    """A unit that was called, or follows up, does not verify or close the case; its own unit does, or the grid."""

    status = 403


class AlreadyVerifiedError(RoutingError):
    """The fix has been verified before."""


class NotVerifiedError(RoutingError):
    """The fix must be verified before the case can be closed."""
