"""The event of routing about a deadline that a changed calendar counts anew, since somebody asked for it (重算时限)."""

from pydantic import Field

from shared.contracts.case import Clock, FollowedEvent
from shared.contracts.envelope import Instant


class DeadlineRecomputed(FollowedEvent):
    """A running clock ends at another moment, by the calendar of a newer edition; what has passed stays as it was."""

    clock: Clock
    unit: str | None = Field(description="For whom it runs; none while unassigned.")
    edition: int = Field(description="The edition of the district by whose calendar it is counted.")
    before: Instant = Field(description="When it would have ended.")
    deadline: Instant
    warnings: tuple[Instant, ...] = Field(default=(), description="When the unit is reminded before it.")
    judged_by: Instant | None = Field(
        default=None,
        description="Of the resolve clock: what the case is judged by from now on; where that is another moment than "
        "the deadline was, as after rework, it stays.",
    )
