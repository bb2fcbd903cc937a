"""What the sandbox's page shows, as plain values; the template reads nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.notify import Audience


class SendState(StrEnum):
    """How far a message has come."""

    QUEUED = "queued"
    ATTEMPTED = "attempted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxMessage:
    """One SMS as its phone would show it."""

    to: str
    at: datetime
    audience: Audience
    text: str
    state: SendState
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPage:
    """`sandbox.html`: the newest first; pages are `/sandbox?page=2`."""

    messages: Sequence[SandboxMessage]
    total: int
    page: int
    page_count: int
