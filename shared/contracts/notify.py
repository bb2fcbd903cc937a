"""Events of notify on `yima.notify.v1`: every message, from wish to receipt. Stream and key: the notification."""

from enum import StrEnum
from typing import ClassVar, get_args
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Event, Instant, Sealed, Value

TOPIC = "yima.notify.v1"


class Audience(StrEnum):
    """Whom a message is for."""

    REPORTER = "reporter"
    DUTY = "duty"


class SuppressionReason(StrEnum):
    """Why a message that the table asks for is not sent."""

    HISTORY = "history"
    NO_PHONE = "no_phone"
    NOBODY_ON_DUTY = "nobody_on_duty"
    FORGOTTEN = "forgotten"
    SUPERSEDED = "superseded"


class DeliveryStatus(StrEnum):
    """What the provider reported after it had accepted."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class UnknownCause(StrEnum):
    """Why nobody knows whether the provider took a message."""

    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    HOLDER_DIED = "holder_died"
    OTHER = "other"

    @classmethod
    def of_error(cls, error: str) -> "UnknownCause":
        """What an exception's class name says; the words of an exception may repeat a phone, so they never count."""
        if "Timeout" in error:
            return cls.TIMEOUT
        if any(word in error for word in ("onnect", "Network", "Protocol", "ReadError", "WriteError", "OSError")):
            return cls.CONNECTION_LOST
        return cls.OTHER


class NotificationEvent(Event):
    """What all of notify's events carry."""

    publisher: ClassVar[str] = "notify"

    notification_id: UUID
    ticket_id: UUID


class OwnWording(Value):
    """The district's own wording of a message, as it stood when the message was wanted."""

    template: str = Field(description="Id of the district's template.")
    edition: int = Field(description="Of the directory, by which it was read.")
    says: str = Field(description="With its placeholders not filled.")


class NotificationQueued(NotificationEvent):
    """A message is wanted; nothing has been sent."""

    audience: Audience
    template: str
    locale: str
    recipient: Sealed = Field(description="Phone in E.164, under the recipient's own key.")
    params: dict[str, Sealed | str] = Field(description="What the template is filled with; personal values sealed.")
    own_wording: OwnWording | None = Field(default=None, description="None where it is said in our own words.")


class NotificationSuppressed(NotificationEvent):
    """A message that the table asks for is not sent, and why."""

    audience: Audience
    template: str
    reason: SuppressionReason


class NotificationPostponed(NotificationEvent):
    """Nobody answers for the unit at this minute: the message waits, and goes to who does when somebody does."""

    audience: Audience
    template: str
    locale: str
    unit: str = Field(description="Whose duty holder is to be told.")
    params: dict[str, Sealed | str] = Field(description="What the template is filled with; personal values sealed.")
    until: Instant | None = Field(description="The rota's next covered minute; none while the rota covers none.")
    own_wording: OwnWording | None = Field(default=None, description="None where it is said in our own words.")


class SendAttempted(NotificationEvent):
    """Committed before the provider is called."""

    attempt: int = Field(ge=1)
    provider: str


class SendAccepted(NotificationEvent):
    """The provider took it."""

    attempt: int
    provider_message_id: str


class SendRejected(NotificationEvent):
    """The provider refused it; tried again at `retry_at`, or never when that is empty."""

    attempt: int
    code: str
    retry_at: Instant | None = None


class SendUnknown(NotificationEvent):
    """Nobody knows whether the provider took it; never repeated blindly."""

    schema_version: ClassVar[int] = 2

    attempt: int
    cause: UnknownCause


class DeliveryReported(NotificationEvent):
    """The provider's receipt."""

    status: DeliveryStatus
    code: str | None = None


NotifyEvent = (
    NotificationQueued
    | NotificationSuppressed
    | NotificationPostponed
    | SendAttempted
    | SendAccepted
    | SendRejected
    | SendUnknown
    | DeliveryReported
)
EVENTS: tuple[type[Event], ...] = get_args(NotifyEvent)
