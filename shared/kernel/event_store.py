"""The event log of one service.

Promise: `append` is one round trip in which version check, events, outbox rows and the command's answer stand or fall
together, and so do the rows of the service's own beside them. A stale version raises `ConcurrentAppendError` and writes
nothing; a command seen before gives its first answer and writes nothing. `load` folds a stream with `evolve`.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID, uuid5

import asyncpg

from shared.kernel import tracing
from shared.kernel.database import Connection, Pool
from shared.kernel.queries import PARAMETER, Queries

SQL = Queries.load(Path(__file__).parent / "sql" / "queries")

State = TypeVar("State")
Answer = TypeVar("Answer")
Decode = Callable[[str, int, "str | bytes"], Any]


class EventModel(Protocol):
    """What the log needs of an event; `shared.contracts.envelope.Event` is one."""

    @property
    def at(self) -> datetime:
        """When it happened."""
        ...

    @classmethod
    def type_name(cls) -> str:
        """CloudEvents `type`."""
        ...

    def to_json(self) -> str:
        """Encoded as it stands in the log."""
        ...


class ConcurrentAppendError(Exception):
    """The stream has moved on since it was loaded; load it and decide again."""


class IdempotencyConflictError(Exception):
    """This idempotency key was used before with another body; use a new key for a new request."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why events come about: the command, who gave it (a role or a service, never a name), what it follows from."""

    command_id: UUID
    actor: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = field(default_factory=tracing.traceparent)

    def metadata(self) -> str:
        """As it stands beside each event, without what is empty."""
        fields = {
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
            "actor": self.actor,
            "traceparent": self.traceparent,
        }
        return json.dumps({name: value for name, value in fields.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Request:
    """A command that came with an idempotency key: it is answered once under caller, operation and key."""

    caller: str
    operation: str
    key: str
    body_hmac: bytes


@dataclass(frozen=True, slots=True)
class Fold(Generic[State]):
    """How a stream's events make its state."""

    initial: State
    evolve: Callable[[State, Any], State]


@dataclass(frozen=True, slots=True)
class Loaded(Generic[State]):
    """A stream's state and the version it stands at (0: nothing has happened)."""

    stream: str
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class NewEvents:
    """What a command decided for one stream."""

    stream: str
    expected_version: int
    events: Sequence[EventModel]
    cause: Cause


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log."""

    stream: str
    version: int
    event_id: UUID
    event: Any


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the service's own, written by the append's own statement.

    `statement` is an INSERT, UPDATE or DELETE that begins with no WITH, and `values` are its parameters. What stands
    beside one append sees the tables as they were before it, so no two of them may touch the same row.
    """

    statement: str
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Once(Generic[Answer]):
    """A command's answer, and whether this call is the one that wrote it."""

    answer: Answer
    repeated: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a commit left for others to do: something to send, an effect that is due, a timer and when it is."""

    sends: bool = False
    touches: bool = False
    first_due_at: datetime | None = None

    def __bool__(self) -> bool:
        return self != NOTHING_WRITTEN

    def __or__(self, other: "Written") -> "Written":
        due = [at for at in (self.first_due_at, other.first_due_at) if at is not None]
        return Written(self.sends or other.sends, self.touches or other.touches, min(due, default=None))


NOTHING_WRITTEN = Written()
SENDS = Written(sends=True)

Project = Callable[[Sequence[Recorded]], Sequence[Rows]]

# Of the append's own statement; those of what stands beside it follow.
APPEND_PARAMETERS = 13
# What says that the statement came too late. It divides by zero where a stream has moved on before it began.
STALE_ERRORS: tuple[type[BaseException], ...] = (asyncpg.UniqueViolationError, asyncpg.DivisionByZeroError)


def project_nothing(_recorded: Sequence[Recorded]) -> Sequence[Rows]:
    """For a service that has no read models of its own events."""
    return ()


@dataclass(slots=True)
class EventStore:
    """Append and load, on one service's pool."""

    pool: Pool
    decode: Decode
    project: Project = project_nothing
    on_commit: list[Callable[[Written], None]] = field(default_factory=list)

    async def append(
        self,
        new: NewEvents,
        *,
        request: Request | None = None,
        answer: str | None = None,
        beside: Sequence[Rows] = (),
    ) -> Once[str | None]:
        """Append in one statement, outside any transaction; own read models come as `beside`.

        Raises:
            ConcurrentAppendError: the stream stands at another version; nothing was written.
            IdempotencyConflictError: the key was used with another body; nothing was written.
        """
        async with self.pool.acquire() as connection:
            try:
                await append(connection, [new], request=request, answer=answer, beside=beside)
            except ConcurrentAppendError:
                return Once(await _first_answer(connection, request), repeated=True)
        self.committed(SENDS)
        return Once(answer, repeated=False)

    async def load(self, stream: str, fold: Fold[State]) -> Loaded[State]:
        """The stream's state now."""
        async with self.pool.acquire() as connection:
            return (await load_many(connection, [stream], fold, self.decode))[stream]

    def committed(self, written: Written) -> None:
        """Tell whoever waits (the relay, timers, effects) what there is to do."""
        if written:
            for tell in self.on_commit:
                tell(written)


async def append(
    connection: Connection,
    batch: Sequence[NewEvents],
    *,
    request: Request | None = None,
    answer: str | None = None,
    beside: Sequence[Rows] = (),
) -> None:
    """Append to several streams at once, in one statement with all that stands or falls with it.

    Raises:
        ConcurrentAppendError: one of the streams has moved on, or the request was answered before; nothing was written.
    """
    rows = [row for new in batch for row in event_rows(new)]
    columns = [[row[index] for row in rows] for index in range(8)]
    command = (request.caller, request.operation, request.key, request.body_hmac, answer) if request else (None,) * 5
    text = _append_text(tuple(part.statement for part in beside))
    try:
        await connection.execute(text, *columns, *command, *(value for part in beside for value in part.values))
    except STALE_ERRORS as error:
        if isinstance(error, asyncpg.UniqueViolationError) and error.table_name not in {"events", "commands"}:
            raise
        raise ConcurrentAppendError from error


def recorded_of(batch: Sequence[NewEvents]) -> list[Recorded]:
    """What is decided, as it will stand in the log."""
    return [
        Recorded(new.stream, version, event_id(new.cause, new.stream, version), event)
        for new in batch
        for version, event in enumerate(new.events, new.expected_version + 1)
    ]


async def traceparents(connection: Connection, streams: Sequence[str]) -> dict[str, str]:
    """In which trace each stream began, of those that began in one; asked only where spans are recorded."""
    if not tracing.TRACING.records:
        return {}
    rows = await connection.fetch(SQL["traceparents"], streams)
    return {row["stream"]: row["traceparent"] for row in rows}


async def load_many(
    connection: Connection, streams: Sequence[str], fold: Fold[State], decode: Decode
) -> dict[str, Loaded[State]]:
    """The states of several streams in one query."""
    loaded = {stream: Loaded(stream, fold.initial, 0) for stream in streams}
    for row in await connection.fetch(SQL["events_of_streams"], list(streams)):
        event = decode(row["type"], row["schema_version"], row["data"])
        before = loaded[row["stream"]]
        loaded[row["stream"]] = Loaded(before.stream, fold.evolve(before.state, event), row["version"])
    return loaded


def event_id(cause: Cause, stream: str, version: int) -> UUID:
    """Deterministic, so that a repeated command names the same events."""
    return uuid5(cause.command_id, f"{stream}/{version}")


def same_request(request: Request, body_hmac: bytes) -> bool:
    """Whether a key's first use had this very body."""
    return request.body_hmac == body_hmac


def event_rows(new: NewEvents) -> list[tuple[Any, ...]]:
    """What is decided for a stream, in the order of the statement's columns."""
    metadata = new.cause.metadata()
    return [
        (
            new.stream,
            version,
            event_id(new.cause, new.stream, version),
            event.type_name(),
            schema_version_of(event),
            event.to_json(),
            metadata,
            event.at,
        )
        for version, event in enumerate(new.events, new.expected_version + 1)
    ]


def schema_version_of(event: EventModel) -> int:
    """The version of the event's schema, 1 where the class does not say."""
    return int(getattr(event, "schema_version", 1))


@lru_cache(maxsize=256)
def _append_text(statements: tuple[str, ...]) -> str:
    parts, after = [], APPEND_PARAMETERS
    for index, statement in enumerate(statements, 1):
        parts.append(f", beside_{index} AS (\n{_shifted(statement, after)}\n)")
        after += max((int(number) for number in PARAMETER.findall(statement)), default=0)
    return SQL["append"].replace("/* beside */", "".join(parts))


def _shifted(statement: str, by: int) -> str:
    """With its parameters counted on from those before it."""
    return PARAMETER.sub(lambda found: f"${int(found[1]) + by}", statement)


async def _first_answer(connection: Connection, request: Request | None) -> str:
    """The answer that the key got first; where there is none, the append failed on a stale version."""
    answer = await answered(connection, request) if request else None
    if answer is None:
        raise ConcurrentAppendError
    return answer


async def answered(connection: Connection, request: Request) -> str | None:
    """The first answer to this request, none when it is new.

    Raises:
        IdempotencyConflictError: the key was used with another body.
    """
    row = await connection.fetchrow(SQL["answer_of_command"], request.caller, request.operation, request.key)
    return None if row is None else _answer_in(row, request)


async def begun(
    connection: Connection, request: Request, stream: str, fold: Fold[State], decode: Decode
) -> tuple[str | None, Loaded[State]]:
    """The first answer to this request, none when it is new, and the state of the stream that it is about.

    Raises:
        IdempotencyConflictError: the key was used with another body.
    """
    rows = await connection.fetch(SQL["begin_command"], request.caller, request.operation, request.key, stream)
    answer = None if rows[0]["answer"] is None else _answer_in(rows[0], request)
    loaded = Loaded(stream, fold.initial, 0)
    for row in rows:
        if row["version"] is not None:
            event = decode(row["type"], row["schema_version"], row["data"])
            loaded = Loaded(stream, fold.evolve(loaded.state, event), row["version"])
    return answer, loaded


def _answer_in(row: asyncpg.Record, request: Request) -> str:
    if not same_request(request, row["body_hmac"]):
        raise IdempotencyConflictError
    return str(row["answer"])
