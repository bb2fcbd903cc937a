"""What the interface takes and gives of a unit's duty, field by field."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from services.routing.api.schemas import Body, Words
from services.routing.domain.words import LENGTH_MAX
from shared.contracts.directory import Name, Role

HOURS_MAX = 72
# Turns begin by Shanghai's clock; this interface tells every moment in one way.
InUtc = Annotated[datetime, AfterValidator(lambda at: at.astimezone(UTC))]
PersonId = Annotated[str, Field(max_length=100, examples=["property-duty-2"])]


class ToHandOver(Body):
    """Who answers from now on, for how long, and what they need to know."""

    to: PersonId = Field(description="Id of one of the `people` of your unit who `may_be_on_duty`.")
    hours: int | None = Field(
        default=None,
        ge=1,
        le=HOURS_MAX,
        strict=True,
        examples=[4],
        description="To the end of the turn that runs where it is left out; needed where that has none.",
    )
    words: Words = Field(
        repr=False, examples=["东门消防通道刚清空，请再看一次。"], description=f"At most {LENGTH_MAX} characters."
    )


class ToSwap(Body):
    """The two turns, by their starts, and why."""

    turn: AwareDatetime = Field(examples=["2026-04-29T11:00:00Z"], description="The `start` of a turn of yours.")
    other: AwareDatetime = Field(examples=["2026-04-29T23:00:00Z"], description="The `start` of a colleague's turn.")
    words: Words = Field(repr=False, examples=["明晚家里有事。"], description=f"At most {LENGTH_MAX} characters.")


class TurnInFull(BaseModel):
    """Who answers from when until when; no end where nobody else follows."""

    person: str
    name: str
    start: InUtc
    until: InUtc | None


class UnitDutyShown(BaseModel):
    """Who answers for a unit: now, none where nobody does, and later."""

    unit: str
    name: Name
    now: TurnInFull | None
    later: Sequence[TurnInFull]


class PersonInFull(BaseModel):
    """One of the unit's people; phones are in no answer."""

    id: str
    name: str
    role: Role
    may_be_on_duty: bool = Field(description="Whether the duty can be handed over to them: their role lets them.")


class SwapInFull(BaseModel):
    """A swap that waits for an answer."""

    id: UUID
    given: TurnInFull = Field(description="The turn of who asked, which the other would take.")
    taken: TurnInFull = Field(description="The other's turn, which who asked would take.")
    words: str | None = Field(description="None once their writer was erased.")
    may_answer: bool
    may_withdraw: bool


class SwapLapsedInFull(BaseModel):
    """A swap that nobody answered before its first turn began, told for three days: both turns stayed as they were."""

    id: UUID
    given: TurnInFull = Field(description="The turn of who asked, which the other would have taken.")
    taken: TurnInFull = Field(description="The other's turn, which who asked would have taken.")
    words: str | None = Field(description="None once their writer was erased.")
    lapsed_at: datetime


class HandedOverInFull(BaseModel):
    """A turn that was handed over lately."""

    at: datetime
    from_person: str
    turn: TurnInFull
    words: str | None = Field(description="None once their writer was erased.")


class DutyShown(BaseModel):
    """The duty of your unit with its people, and of the other units that you see."""

    own: UnitDutyShown
    people: Sequence[PersonInFull]
    swaps: Sequence[SwapInFull]
    lapsed: Sequence[SwapLapsedInFull]
    handed_over: Sequence[HandedOverInFull]
    may_hand_over: bool
    others: Sequence[UnitDutyShown]


class SwapBegun(BaseModel):
    """The swap that was asked for; done already where a lead moved the turns."""

    id: UUID
