"""What no rule, place or unit of the district answers to."""

from services.routing.domain.errors import FieldsNamedError, RoutingError


class NoRuleMatchesError(RoutingError):
    """No rule of the district matches, not even the last; publish a district file whose last rule catches all."""

    status = 422


class PlaceUnknownError(RoutingError):
    """The directory knows no such place."""

    status = 404


class UnitUnknownError(FieldsNamedError, RoutingError):
    """This place has no such unit to give the case to or to call; choose one of those that are offered."""

    reason = "is no unit that this case can go to"
    remedy = "Take the id of one of the `units` that the case offers."
