"""Events of routing about what is done after a fix so that it lasts (回头看/常态化), and what a rule wants of it."""

from uuid import UUID

from pydantic import Field

from shared.contracts.case import CaseEvent, Matter
from shared.contracts.envelope import Attachment, Instant, Sealed, Value

# A year ahead, and five years of once a month: who plans further has made a slip of the pen.
FOLLOW_UP_DAYS_MAX = 366
FOLLOW_UP_TIMES_MAX = 60


class Wording(Value):
    """Words of the district's file in both languages."""

    zh: str
    en: str


class FollowUpTerm(Value):
    """Work that a rule wants after the end of its cases (回头看/常态化), so that the trouble stays away."""

    task: Wording
    unit: str = Field(description="A unit's id, or a relation such as `property of the place`, resolved on closing.")
    after_days: int = Field(ge=1, le=FOLLOW_UP_DAYS_MAX, description="So many days after closing.")
    every_days: int | None = Field(default=None, ge=1, le=FOLLOW_UP_DAYS_MAX)
    working_days: bool = Field(default=False, description="Whether the days are the unit's working days.")
    times: int = Field(default=1, ge=1, le=FOLLOW_UP_TIMES_MAX)


class FollowUpEvent(CaseEvent):
    """What all events of one follow-up carry."""

    follow_up: UUID
    occurrence: int = Field(ge=1, description="Which time of several it is, from 1.")
    unit: str = Field(description="Who does it.")


class FollowUpPlanned(FollowUpEvent):
    """Work that keeps the fix is planned (回头看): the first time, or the next after one ended."""

    by: str | None = Field(default=None, description="None where the rule plans it, or the time before it.")
    task: Sealed | None = Field(default=None, description="What somebody asked for; none where the rule does.")
    by_rule: Wording | None = Field(default=None, description="What the rule asks for.")
    due: Instant = Field(description="When the unit is reminded.")
    deadline: Instant = Field(description="By when it must be done.")
    after_days: int | None = Field(
        default=None, ge=0, description="Of the first time: so many days after it was planned; none where not known."
    )
    every_days: int | None = Field(default=None, ge=1, description="So many days after it was due it comes again.")
    working_days: bool = False
    times: int = Field(default=1, ge=1, description="How often in all.")
    matter: Matter


class FollowUpReminded(FollowUpEvent):
    """Its day has come: the unit is reminded."""

    task: Sealed | None = None
    by_rule: Wording | None = None
    deadline: Instant = Field(description="As planned; later where the reminder itself came too late.")
    matter: Matter


class FollowUpDone(FollowUpEvent):
    """The unit did it, with evidence."""

    by: str
    note: Sealed
    evidence: tuple[Attachment, ...] = ()
    matter: Matter


class FollowUpRecurred(FollowUpEvent):
    """The unit looked, and the trouble is back: intake opens a ticket for it, of the same reporter and category."""

    other: UUID = Field(description="Id of the ticket and the case that it becomes.")
    by: str
    words: Sealed = Field(description="What was found; the reporter reads it.")
    evidence: tuple[Attachment, ...] = ()
    matter: Matter


class FollowUpMissed(FollowUpEvent):
    """Its day passed and nobody did it; the unit is told, and the level above by `CaseEscalated`."""

    task: Sealed | None = None
    by_rule: Wording | None = None
    deadline: Instant
    matter: Matter


class FollowUpCancelled(FollowUpEvent):
    """It is not to be done, or not any more, with the reason."""

    by: str
    reason: Sealed
