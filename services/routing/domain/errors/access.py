"""Refused to who asks: what is never this role's, and the contact that only some see."""

from services.routing.domain.errors import RoutingError


class ReadsOnlyError(RoutingError):
    """This role reads and does not act."""

    status = 403


class NotForThisRoleError(RoutingError):
    """Acts of this kind are never this role's, whatever its unit is to the case."""

    status = 403


class ContactNotYoursError(RoutingError):
    """The contact is for the units that handle the case, and for the grid that coordinates them."""

    status = 403


class NoContactError(RoutingError):
    """The reporter left neither name nor phone."""

    status = 404


class NobodyLeftError(RoutingError):
    """Reporter and writer were both erased, so there is no key left under which words could be kept."""
