"""Many callers' appends in one statement: most of PostgreSQL's work for a small append is the statement itself.

Promise: what each caller asked for stands or falls by itself, by the same rules as `EventStore.append`; whoever comes
while a statement is under way waits for the next one, and nobody waits for company.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import asyncpg

from shared.kernel.database import RACE_ERRORS, Connection
from shared.kernel.event_store import (
    SENDS,
    SQL,
    ConcurrentAppendError,
    EventStore,
    NewEvents,
    Once,
    Request,
    answered,
    event_rows,
)

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

# What one of them brought on all: a row that is there already, a race, a value that PostgreSQL can not take.
ONE_AMONG_THEM: tuple[type[BaseException], ...] = (asyncpg.UniqueViolationError, asyncpg.DataError, *RACE_ERRORS)
BATCH_MAX = 64
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class RowBeside:
    """A row of the service's own for each append that is written.

    `statement` is an INSERT that reads `jsonb_to_recordset($beside)`, whose records all name their `stream`, and keeps
    to `stream IN (SELECT stream FROM appended)`.
    """

    statement: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Append:
    """What one caller wants appended to one stream."""

    new: NewEvents
    request: Request | None = None
    answer: str | None = None
    beside: Sequence[RowBeside] = ()


@dataclass(slots=True)
class Together(Generic[Asked, Answered]):
    """Questions of many callers answered a batch at a time; an exception among the answers is its asker's alone."""

    answer: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered | Exception]]]
    _waiting: deque[tuple[Asked, asyncio.Future[Answered]]] = field(default_factory=deque)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def ask(self, asked: Asked) -> Answered:
        """The answer to one question."""
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if len(self._tasks) < AT_ONCE:
            task = asyncio.create_task(self._answer_waiting())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _answer_waiting(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]
            try:
                answers = await self.answer([asked for asked, _ in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, each asker gets it as its own.
                answers = [error] * len(batch)
            for (_, future), given in zip(batch, answers, strict=True):
                _settle(future, given)


@dataclass(slots=True)
class AppendTogether:
    """`EventStore.append` for many callers at once."""

    store: EventStore
    _together: Together[Append, Once[str | None]] = field(init=False)

    def __post_init__(self) -> None:
        """Gather from now on."""
        self._together = Together(self._answer)

    async def append(self, wanted: Append) -> Once[str | None]:
        """Append for one caller.

        Raises:
            ConcurrentAppendError: the stream stands at another version; nothing was written.
            IdempotencyConflictError: the key was used with another body; nothing was written.
            asyncpg.UniqueViolationError: a row beside it is there already; nothing was written.
        """
        return await self._together.ask(wanted)

    async def _answer(self, batch: Sequence[Append]) -> list[Once[str | None] | Exception]:
        first = _first_of_each(batch)
        try:
            written = await self._write(first)
        except ONE_AMONG_THEM:
            # Which one shows when they are tried alone.
            return [await self._alone(wanted) for wanted in batch]
        fresh = {id(wanted) for wanted in first if wanted.new.stream in written}
        return [
            Once(wanted.answer, repeated=False) if id(wanted) in fresh else await self._first_answer(wanted)
            for wanted in batch
        ]

    async def _alone(self, wanted: Append) -> Once[str | None] | Exception:
        try:
            written = await self._write([wanted])
        except asyncpg.UniqueViolationError as error:
            return ConcurrentAppendError() if error.table_name == "events" else error
        except Exception as error:  # noqa: BLE001 - this caller's own; of the others some are written by now.
            return error
        return Once(wanted.answer, repeated=False) if written else await self._first_answer(wanted)

    async def _first_answer(self, wanted: Append) -> Once[str | None] | Exception:
        if wanted.request is None:
            return ConcurrentAppendError()
        try:
            async with self.store.pool.acquire() as connection:
                answer = await answered(connection, wanted.request)
        except Exception as error:  # noqa: BLE001 - this caller's own refusal; the others got their answers.
            return error
        return ConcurrentAppendError() if answer is None else Once(answer, repeated=True)

    async def _write(self, batch: Sequence[Append]) -> set[str]:
        """Write what may be written; the streams that were."""
        async with self.store.pool.acquire() as connection:
            written = await _append_together(connection, batch)
        if written:
            self.store.committed(SENDS)
        return written


async def _append_together(connection: Connection, batch: Sequence[Append]) -> set[str]:
    rows = [row for wanted in batch for row in event_rows(wanted.new)]
    asked = [
        (wanted.new.stream, request.caller, request.operation, request.key, request.body_hmac, wanted.answer)
        for wanted in batch
        if (request := wanted.request) is not None
    ]
    beside = _rows_beside(batch)
    columns = [[row[index] for row in rows] for index in range(8)]
    commands = [[row[index] for row in asked] for index in range(6)]
    written = await connection.fetch(_text(tuple(beside)), *columns, *commands, *map(json.dumps, beside.values()))
    return {row["stream"] for row in written}


def _rows_beside(batch: Sequence[Append]) -> dict[str, list[Mapping[str, str | None]]]:
    """The rows by their statement, in an order that makes few different texts."""
    rows: dict[str, list[Mapping[str, str | None]]] = {}
    for wanted in batch:
        for row in wanted.beside:
            rows.setdefault(row.statement, []).append(row.values)
    return dict(sorted(rows.items()))


def _text(statements: tuple[str, ...]) -> str:
    parts = [
        f", beside_{index} AS (\n{statement.replace('$beside', f'${14 + index}::jsonb')}\n)"
        for index, statement in enumerate(statements, 1)
    ]
    return SQL["append_together"].replace("/* beside */", "".join(parts))


def _first_of_each(batch: Sequence[Append]) -> list[Append]:
    """Of those that share a key or a stream the first: the others are answered by what it wrote."""
    firsts: list[Append] = []
    taken: set[object] = set()
    for wanted in batch:
        request = wanted.request
        marks = {wanted.new.stream, (request.caller, request.operation, request.key) if request else wanted.new.stream}
        if not taken & marks:
            firsts.append(wanted)
        taken |= marks
    return firsts


def _settle(future: "asyncio.Future[Answered]", given: "Answered | Exception") -> None:
    """A caller who has gone meanwhile is told nothing."""
    if future.done():
        return
    if isinstance(given, Exception):
        future.set_exception(given)
    else:
        future.set_result(given)
