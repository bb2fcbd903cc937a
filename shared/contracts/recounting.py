"""The event of routing about a deadline that a changed calendar or rota counts anew, as somebody asked (重算时限)."""

from uuid import UUID

from pydantic import Field

from shared.contracts.case import About, Clock, FollowedEvent
from shared.contracts.envelope import Instant


class DeadlineRecomputed(FollowedEvent):
    """A running clock ends otherwise, by calendar or rota of a newer edition; what has passed stays as it was."""

    clock: Clock
    unit: str | None = Field(description="For whom it runs; none while unassigned.")
    edition: int = Field(description="The edition of the district by whose calendar or rota it is counted.")
    before: Instant = Field(description="When it would have ended.")
    deadline: Instant
    warnings: tuple[Instant, ...] = Field(default=(), description="When the unit is reminded before it.")
    judged_by: Instant | None = Field(
        default=None,
        description="Of the resolve clock: what the case is judged by from now on; where that is another moment than "
        "the deadline was, as after rework, it stays.",
    )
    asked_by: str | None = Field(default=None, description="Of an answer clock: whose question waits.")
    about: About | None = Field(default=None, description="Of an answer clock: what that unit asks.")
    follow_up: UUID | None = Field(default=None, description="Of a follow-up's clock: which one.")
    occurrence: int | None = Field(default=None, ge=1, description="Of a follow-up's clock: which time of it.")
    due: Instant | None = Field(
        default=None, description="When a follow-up's unit is reminded from now on; none where it has been."
    )
