"""What can be asked of one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.envelope import Sealed
from shared.contracts.notify import Audience, DeliveryStatus, OwnWording, SuppressionReason, UnknownCause

Params = Mapping[str, Sealed | str]


@dataclass(frozen=True, slots=True)
class Queue:
    """Somebody is to be told."""

    at: datetime
    notification_id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    locale: str
    recipient: Sealed
    params: Params
    own_wording: OwnWording | None = None


@dataclass(frozen=True, slots=True)
class Postpone:
    """Nobody answers for the unit now; somebody will at `until`, as the rota stands."""

    at: datetime
    notification_id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    locale: str
    unit: str
    params: Params
    until: datetime | None
    own_wording: OwnWording | None = None


@dataclass(frozen=True, slots=True)
class Suppress:
    """The table asks for a message that is not to be sent."""

    at: datetime
    notification_id: UUID
    ticket_id: UUID
    audience: Audience
    template: str
    reason: SuppressionReason


@dataclass(frozen=True, slots=True)
class GiveUp:
    """What made the message wanted has gone while it waited: its recipient's key, or what it would tell."""

    at: datetime
    reason: SuppressionReason


@dataclass(frozen=True, slots=True)
class Attempt:
    """Hand it to the provider now."""

    at: datetime
    provider: str


@dataclass(frozen=True, slots=True)
class Accept:
    """The provider took it."""

    at: datetime
    provider_message_id: str


@dataclass(frozen=True, slots=True)
class Reject:
    """The provider did not take it; `code` is the provider's own."""

    at: datetime
    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class PutBack:
    """The provider takes nothing of ours for now, whatever it is: the message stays due."""

    at: datetime
    code: str


@dataclass(frozen=True, slots=True)
class LoseTrack:
    """Nobody knows whether the provider took it."""

    at: datetime
    cause: UnknownCause


@dataclass(frozen=True, slots=True)
class Report:
    """The provider's receipt; without a status it only says that the message is on its way."""

    at: datetime
    provider_message_id: str
    status: DeliveryStatus | None = None
    code: str | None = None


Command = Queue | Postpone | Suppress | GiveUp | Attempt | Accept | Reject | PutBack | LoseTrack | Report
