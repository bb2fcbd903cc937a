"""What a story is made of: who does what, in the order in which it is told, and exactly what each step brings about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# Whoever reports: everybody else is a person of the pilot's district file.
RESIDENT = "resident"
# What a message is, and whose phone it comes to.
Told = tuple[str, str]


class By(StrEnum):
    """How somebody comes to a case: by the link of their newest message, or out of the inbox that lies open."""

    MESSAGE = "message"
    INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`told` is the caption; `brings` are the events of the case, `ticket` those of the ticket, in order."""

    told: str
    brings: Sequence[str] = ()
    ticket: Sequence[str] = ()
    messages: Sequence[Told] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits(Happening):
    """Somebody on duty has their inbox open, and goes on to something else."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports(Happening):
    """The resident scans the sticker of a place, writes, and sends."""

    place: str
    words: str
    category: str
    phone: str
    photo: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opens(Happening):
    """Somebody comes to the case for the first time."""

    person: str
    by: By


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts(Happening):
    """Somebody does something with the case; what of the fields counts depends on the act."""

    person: str
    act: str
    words: str = ""
    unit: str = ""
    units: Sequence[str] = ()
    own_tasks: Mapping[str, str] = field(default_factory=dict)
    follow_up: str = ""
    after_days: int = 0
    photo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks(Happening):
    """Somebody sees on the case what it waits for, and that an act is not to be had yet."""

    person: str
    sees: str
    not_yet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes(Happening):
    """Time goes by; what is due meanwhile happens by itself."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates(Happening):
    """The resident answers the visit back."""

    rating: str
    words: str


Step = Waits | Reports | Opens | Looks | Acts | Passes | Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One of the two; `told_to` looks at the whole of it at the end."""

    name: str
    title: str
    told_to: str
    steps: Sequence[Step]

    @property
    def of_case(self) -> list[str]:
        """The events of the case's stream, all of them."""
        return [event for step in self.steps for event in step.brings]

    @property
    def of_ticket(self) -> list[str]:
        """The events of the ticket's stream, all of them."""
        return [event for step in self.steps for event in step.ticket]

    @property
    def messages(self) -> list[Told]:
        """Every message that is sent."""
        return [told for step in self.steps for told in step.messages]

    @property
    def report(self) -> Reports:
        """How it begins."""
        return next(step for step in self.steps if isinstance(step, Reports))
