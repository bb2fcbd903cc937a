"""What was parked is shown, tried again in order, or dropped with a reason that is itself recorded.

Promise: a retry runs in the service itself, in order from the stream's first parked record; a drop keeps the record,
who dropped it and why, and lets what follows go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.kernel.database import Connection
from shared.kernel.event_store import SQL


class NothingParkedError(Exception):
    """Nothing of this stream is parked; `yima parked list` shows what is."""


class NotFirstParkedError(Exception):
    """Only a stream's first parked record can be dropped, since the next would then be missing one."""


@dataclass(frozen=True, slots=True)
class ParkedStream:
    """A stream that waits, and why its first record does."""

    consumer: str
    publisher: str
    stream: str
    first_version: int
    records: int
    reason: str
    error: str | None
    waiting_for: str | None
    parked_at: datetime
    retry_requested: bool


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """One parked record, without its content."""

    consumer: str
    publisher: str
    stream: str
    version: int
    event_id: UUID
    reason: str
    error: str | None
    waiting_for: str | None
    topic: str
    partition: int
    record_offset: int
    parked_at: datetime


async def parked_streams(connection: Connection) -> list[ParkedStream]:
    """All that is parked in this service, the oldest first."""
    return [ParkedStream(**dict(row)) for row in await connection.fetch(SQL["parked_streams"])]


async def parked_records(connection: Connection, stream: str) -> list[ParkedRecord]:
    """The parked records of one stream, in order."""
    rows = await connection.fetch(SQL["parked_records"], stream)
    return [_record(row) for row in rows]


def _record(row: Any) -> ParkedRecord:
    return ParkedRecord(**{name: row[name] for name in ParkedRecord.__slots__})


async def request_retry(connection: Connection, stream: str) -> int:
    """Have the running service try a stream again, within a second; returns how many records it has parked.

    Raises:
        NothingParkedError: nothing of it is parked here.
    """
    rows: Sequence[Any] = await connection.fetch(SQL["request_retry"], stream)
    if not rows:
        raise NothingParkedError(stream)
    return len(rows)


async def drop(connection: Connection, stream: str, *, version: int, because: str, by: str) -> None:
    """Drop a stream's first parked record. One that came next counts as seen, so that what follows goes on.

    Raises:
        NothingParkedError: it is not parked here.
        NotFirstParkedError: another of the stream is parked before it.
    """
    async with connection.transaction():
        first = await connection.fetchval(SQL["first_parked_version"], stream)
        if first is not None and first < version:
            raise NotFirstParkedError(stream)
        rows = await connection.fetch(SQL["drop_parked"], stream, version, because, by)
        if not rows:
            raise NothingParkedError(stream)
        for row in rows:
            await connection.execute(
                SQL["pass_over_dropped"],
                row["consumer"],
                row["publisher"],
                row["stream"],
                row["version"],
                row["event_id"],
            )
