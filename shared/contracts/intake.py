"""Events of intake on `yima.intake.v1`: the ticket as the reporter knows it. Stream and key: the ticket."""

from enum import StrEnum
from typing import ClassVar, get_args
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Attachment, Event, Instant, Sealed, Value

TOPIC = "yima.intake.v1"


class Channel(StrEnum):
    """How a ticket came in."""

    QR = "qr"
    PHONE_DESK = "phone_desk"
    PARTNER = "partner"
    IMPORT = "import"


class Rating(StrEnum):
    """What the reporter says at the visit back (回访). So-so counts as rated and not as satisfied."""

    SATISFIED = "satisfied"
    SO_SO = "so_so"
    DISSATISFIED = "dissatisfied"


class Link(StrEnum):
    """What the ticket that another was opened from is to it: both came of one report, or its trouble is back."""

    SECOND_TROUBLE = "second_trouble"
    CAME_BACK = "came_back"


class StatedUrgency(StrEnum):
    """How urgent it is to whoever reported it (自述紧急程度). What the case counts as is for the rules to say."""

    NORMAL = "normal"
    URGENT = "urgent"


class Contact(Value):
    """How to reach the reporter; absent when they stay anonymous."""

    name: Sealed | None = None
    phone: Sealed | None = None


class Milestones(Value):
    """When an imported ticket went through its stages; one that never happened stays empty."""

    accepted_at: Instant | None = None
    resolved_at: Instant | None = None
    verified_at: Instant | None = None
    closed_at: Instant | None = None


class Note(Value):
    """A dated remark that came with imported history."""

    at: Instant
    text: Sealed


class TicketEvent(Event):
    """What all of intake's events carry."""

    publisher: ClassVar[str] = "intake"

    ticket_id: UUID


class TicketOpened(TicketEvent):
    """A resident reported a trouble, or for them a partner system or who answered the telephone."""

    number: str = Field(description="Nine digits that can be read aloud, the last a check digit.")
    place: str = Field(description="Code of the place whose QR was scanned.")
    channel: Channel
    category: str | None = Field(default=None, description="As the reporter chose it; none when they did not.")
    text: Sealed
    reporter: str = Field(description="Opaque id of the person whose key seals this ticket.")
    contact: Contact = Contact()
    tracking_token: Sealed = Field(description="Opens the status page; sealed, since who holds it may read and rate.")
    attachments: tuple[Attachment, ...] = ()
    locale: str = Field(default="zh", description="Language of the reporter's page, for messages to them.")
    partner: str | None = Field(default=None, description="Id of the partner system that reported.")
    partner_reference: str | None = Field(default=None, description="The partner's own name for it.")
    split_from: UUID | None = Field(default=None, description="The ticket that it was opened from: see `link`.")
    split_from_number: str | None = None
    link: Link = Field(default=Link.SECOND_TROUBLE, description="What `split_from` is to it (拆分, 回头看).")
    stated_urgency: StatedUrgency | None = Field(default=None, description="None where nobody said.")
    taken_by: str | None = Field(
        default=None, description="Id of the member of staff who took it down by telephone; none by any other channel."
    )


class TicketImported(TicketEvent):
    """A ticket of another system's past, dated as it was; it sends no message and starts no clock."""

    number: str
    place: str
    category: str | None = None
    text: Sealed
    reporter: str
    contact: Contact = Contact()
    tracking_token: Sealed
    source: str = Field(description="The system it comes from; with `source_id` it is imported once.")
    source_id: str
    unit: str | None = Field(default=None, description="Who handled it, where the source says so.")
    milestones: Milestones = Milestones()
    notes: tuple[Note, ...] = ()
    stated_urgency: StatedUrgency | None = Field(default=None, description="None where the source has none.")


class TicketRated(TicketEvent):
    """The reporter answered the visit back."""

    rating: Rating
    words: Sealed | None = None
    history: bool = Field(default=False, description="Came with imported history.")


class FixDisputed(TicketEvent):
    """The reporter says that it is not fixed; the words go to the handler."""

    words: Sealed


class TicketSplit(TicketEvent):
    """Staff found a second trouble in it (拆分), or its own again (回头看): that is a ticket of its own from now on."""

    other: UUID
    other_number: str
    link: Link = Link.SECOND_TROUBLE


class TicketWithdrawn(TicketEvent):
    """The reporter wants nothing done any more (撤回), before anybody said that it is fixed."""

    words: Sealed | None = Field(default=None, description="Why, where they said so.")


class ReporterErased(TicketEvent):
    """Who reported it was forgotten at their request: their words can no longer be read, their photos are gone."""


IntakeEvent = TicketOpened | TicketImported | TicketRated | FixDisputed | TicketSplit | TicketWithdrawn | ReporterErased
EVENTS: tuple[type[Event], ...] = get_args(IntakeEvent)
