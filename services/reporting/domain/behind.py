"""What stands behind a figure: things that count, each with its ticket, a page at a time."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints, TypeAdapter

# Longer than any cursor that we wrote.
CURSOR_LENGTH_MAX = 600
# PostgreSQL has no such character in a text.
NO_NULL = r"^[^\x00]*$"
NoNull = Annotated[str, StringConstraints(pattern=NO_NULL)]
CURSOR = TypeAdapter(tuple[AwareDatetime, AwareDatetime, UUID, NoNull, NoNull])


class Fact(StrEnum):
    """What can count, as `sql/queries/projection_facts.sql` calls it."""

    ANSWERED = "answered"
    CALL = "call"
    CLOSED = "closed"
    ESCALATED = "escalated"
    FOLLOW_UP = "follow_up"
    HANDLED = "handled"
    MERGED = "merged"
    MESSAGE = "message"
    MESSAGE_DELIVERED = "message_delivered"
    OPEN = "open"
    OVERDUE = "overdue"
    RATED = "rated"
    RECEIVED = "received"
    REOPENED = "reopened"
    REPEAT_REPORT = "repeat_report"
    STAGE = "stage"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where a page ended: the row that it ended with, and the moment that the first page was told until."""

    told_until: datetime
    at: datetime
    ticket: UUID
    fact: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One thing that counts, and its ticket."""

    ticket: UUID
    number: str | None
    # What it is that counts, and its moment: of what is due, its deadline.
    fact: Fact
    at: datetime
    minutes: float | None
    unit: str | None
    place: str | None
    area: str | None
    category: str | None
    channel: str | None
    urgency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the things behind a figure, how many there are, how many of them are seen, and where the next begins."""

    total: int
    seen: int
    as_of: datetime
    rows: Sequence[Behind]
    next: After | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A ticket by which a part of a published month is not what it was: `added` or `removed`."""

    ticket: UUID
    change: Literal["added", "removed"]
    number: str | None


def cursor_in(written: str) -> After:
    """The place in a list that a cursor names.

    Raises:
        ValueError: it is none that we wrote.
    """
    told_until, at, ticket, fact, key = CURSOR.validate_json(urlsafe_b64decode(written.encode()))
    try:
        told_until, at = told_until.astimezone(UTC), at.astimezone(UTC)
    except OverflowError:
        raise ValueError(written) from None
    return After(told_until=told_until, at=at, ticket=ticket, fact=fact, key=key)


def cursor_of(after: After) -> str:
    """The cursor that names a place in a list."""
    return urlsafe_b64encode(
        CURSOR.dump_json((after.told_until, after.at, after.ticket, after.fact, after.key))
    ).decode()
