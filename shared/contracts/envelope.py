"""The shape every event has: frozen, versioned, in the past tense, blind to personal data but for `Sealed`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


def in_utc(at: datetime) -> datetime:
    """Data is UTC; only pages show Asia/Shanghai."""
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(in_utc)]


class Value(BaseModel):
    """A part of an event. Unknown fields are ignored, so that a newer publisher may add one."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Sealed(Value):
    """Text that only the holder of the person's key can open (AES-256-GCM, the person's id as associated data)."""

    person: str = Field(description="Whose key seals it: an opaque id, never a phone or a name.")
    key_version: int = Field(ge=1)
    box: str = Field(description="base64url of nonce (12 bytes), ciphertext and tag (16 bytes).", repr=False)


class Attachment(Value):
    """A photo kept in the photo store; the event carries only what a reader needs to fetch and check it."""

    id: str
    media_type: str
    size_bytes: int = Field(ge=0)
    sha256: str


class Event(Value):
    """Something that happened. The class name is the event's type; `schema_version` grows only with an upcaster."""

    publisher: ClassVar[str]
    schema_version: ClassVar[int] = 1

    at: Instant = Field(description="When it happened in the world, UTC; when it was recorded is the log's own affair.")

    @classmethod
    def type_name(cls) -> str:
        """CloudEvents `type`, for example `yima.intake.TicketOpened`."""
        return f"yima.{cls.publisher}.{cls.__name__}"

    def to_json(self) -> str:
        """Encoded as it stands in the log and on the wire."""
        return self.model_dump_json()


def by_type_name(*events: type[Event]) -> dict[str, type[Any]]:
    """Each event class under its CloudEvents type."""
    return {event.type_name(): event for event in events}


def events_of(base: type[Event]) -> tuple[type[Event], ...]:
    """The events that are defined below a base, by name; a class that others are based on is none itself."""
    return tuple(sorted(_ends(base), key=lambda event: event.__name__))


def _ends(base: type[Event]) -> Iterator[type[Event]]:
    for each in base.__subclasses__():
        yield from _ends(each) if each.__subclasses__() else (each,)
