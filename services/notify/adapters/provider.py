"""The port to whoever delivers an SMS.

An adapter answers `Rejected` only when it knows that the message was not taken; whatever it does not know is `Unknown`.
"""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from shared.contracts.envelope import Sealed
from shared.contracts.notify import UnknownCause


@dataclass(frozen=True, slots=True)
class Sms:
    """A message ready to be sent; phone and text are open here and nowhere else."""

    notification_id: UUID
    sealed_phone: Sealed
    phone: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it, under an id of its own."""

    provider_message_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider did not take it."""

    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been taken or not."""

    cause: UnknownCause


@dataclass(frozen=True, slots=True)
class Barred:
    """The provider did not take it, nor will it take another until somebody mends what `remedy` names."""

    code: str
    remedy: str


Outcome = Accepted | Rejected | Barred | Unknown


class SmsProvider(Protocol):
    """Sends one message."""

    name: str

    async def send(self, sms: Sms) -> Outcome:
        """Hand it over once; never repeat it here."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
