"""What no rule, place or unit of the district answers to."""

from collections.abc import Sequence

from services.routing.domain.errors import Fault, RoutingError


class NoRuleMatchesError(RoutingError):
    """No rule of the district matches, not even the last; publish a district file whose last rule catches all."""

    status = 422


class PlaceUnknownError(RoutingError):
    """The directory knows no such place."""

    status = 404


class UnitUnknownError(RoutingError):
    """This place has no such unit to give the case to or to call; choose one of those that are offered."""

    status = 422

    def __init__(self, *fields: str) -> None:
        super().__init__()
        self.fields = fields

    @property
    def faults(self) -> Sequence[Fault]:
        """Each field that names no such unit; what was written there is not repeated."""
        remedy = "Take the id of one of the `units` that the case offers."
        return [Fault(field, "is no unit that this case can go to", remedy) for field in self.fields]
