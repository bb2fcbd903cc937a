"""The JSON that machines send and get."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.progress import Step
from services.intake.domain.text import NAME_CHARACTERS_MAX, REFERENCE_CHARACTERS_MAX, REPORT_CHARACTERS_MAX
from shared.contracts.directory import Name
from shared.contracts.intake import Link, Rating, StatedUrgency


class TicketBody(BaseModel):
    """A report. An unknown field is refused, since it is nearly always a misspelt one."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    place: str = Field(description="Code of the place, as it stands in the QR code's address.")
    text: str = Field(description=f"What is wrong, at most {REPORT_CHARACTERS_MAX} characters.")
    category: str | None = Field(default=None, description="One of the place's categories.")
    phone: str | None = Field(default=None, description="A mobile, or a landline with its area code.")
    name: str | None = Field(default=None, description=f"How to address the reporter, at most {NAME_CHARACTERS_MAX}.")
    reference: str | None = Field(
        default=None, description=f"A partner's own name, in clear, at most {REFERENCE_CHARACTERS_MAX} characters."
    )
    stated_urgency: Annotated[str, Field(json_schema_extra={"enum": [*StatedUrgency]})] | None = Field(
        default=None,
        description="How urgent whoever reports it says it is; left out where nobody said. Rules may ask for it.",
    )


class TicketLinks(BaseModel):
    """Where to go on."""

    self: str
    place: str


class TicketCreated(BaseModel):
    """The answer to a report; `status_url` is for the reporter alone."""

    id: UUID
    number: str
    place: str
    status: Step
    opened_at: datetime
    status_url: str
    links: TicketLinks


class StepSeen(BaseModel):
    """A dated step."""

    step: Step
    at: datetime
    unit: Name | None


class OtherTicket(BaseModel):
    """A ticket of another trouble that the same report told of, or of the same trouble at another time."""

    id: UUID
    number: str
    link: Link


class TicketSeenBody(BaseModel):
    """A ticket as its reporter, or the partner system that reported it, sees it."""

    id: UUID
    number: str
    place: str
    category: str | None
    reference: str | None
    status: Step
    opened_at: datetime
    deadline: datetime | None
    steps: list[StepSeen]
    rating: Rating | None
    stated_urgency: StatedUrgency | None = Field(description="As it was reported.")
    photo_count: int
    others: list[OtherTicket]
    links: TicketLinks


class Choice(BaseModel):
    """An entity of the directory with its name."""

    id: str
    name: Name


class PlaceSeen(BaseModel):
    """What a code stands for, and what can be reported there."""

    code: str
    name: Name
    area: Choice | None
    categories: list[Choice]
    report_url: str
