"""Events of routing about a unit's duty (值班), on `yima.routing.v1`: handed over, swapped. Stream and key: the unit.

Who answers from then on is told by the unit's `CoverDefined` too, which everybody follows with the directory.
"""

from typing import ClassVar, get_args
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Event, Instant, Sealed, Value


class Span(Value):
    """A turn's time."""

    start: Instant
    until: Instant


class OnDutyChange(Event):
    """What all events about a unit's duty carry."""

    publisher: ClassVar[str] = "routing"

    unit: str
    by: str = Field(
        description="Id of who acted: the one whose turn it is, who was asked, or the unit's lead; empty: nobody did."
    )
    from_person: str = Field(description="Whose turn it was; of a swap, who asked for it.")
    to_person: str = Field(description="Who answers in their place; of a swap, who was asked.")


class DutyHandedOver(OnDutyChange):
    """Somebody else of the unit answers from then until then (交班), with what they need to know."""

    change: UUID
    start: Instant
    until: Instant
    note: Sealed


class SwapEvent(OnDutyChange):
    """What all events about a swap (换班) carry."""

    swap: UUID
    given: Span = Field(description="The turn of who asked, which the other would take.")
    taken: Span = Field(description="The other's turn, which who asked would take.")


class SwapAsked(SwapEvent):
    """A member asks a colleague to swap turns; both stand as they are until that is accepted."""

    note: Sealed


class SwapAccepted(SwapEvent):
    """Who was asked, or the lead, agrees: each answers in the other's turn."""


class SwapDeclined(SwapEvent):
    """Who was asked, or the lead, does not agree: both turns stay as they are."""

    reason: Sealed


class SwapWithdrawn(SwapEvent):
    """Who asked needs no swap after all: nobody has to answer any more."""


class SwapLapsed(SwapEvent):
    """Nobody answered before the first of the turns began: both turns stay as they are, and nobody acted."""


DutyEvent = DutyHandedOver | SwapAsked | SwapAccepted | SwapDeclined | SwapWithdrawn | SwapLapsed
EVENTS: tuple[type[Event], ...] = get_args(DutyEvent)
