"""Acts of many callers read and written together: most of what a small act costs is the statements themselves.

Promise: each act stands or falls by itself and happens once for its request, as `transact_once` has it; whoever comes
while a statement is under way waits for the next one, and nobody waits for company. Acts on one stream take turns, so
that only another process can be faster, however many come at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import asyncpg

from shared.kernel.database import RACE_ERRORS
from shared.kernel.event_store import Begun, ConcurrentAppendError, EventStore, Request, RequestOn, Rows, append, begun
from shared.kernel.together import Together
from shared.kernel.work import RACE_TRIES_MAX, RACES, Gathered, RaceLostError, Work

# What one of them brought on all: a stream that has moved on, a row that is there already or is touched by two of them,
# a value that PostgreSQL can not take.
ONE_AMONG_THEM: tuple[type[BaseException], ...] = (
    ConcurrentAppendError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.CardinalityViolationError,
    asyncpg.DataError,
    *RACE_ERRORS,
)


@dataclass(frozen=True, slots=True)
class Decided:
    """What one act writes, and the answer to its request."""

    gathered: Gathered
    request: Request
    answer: str


@dataclass(slots=True)
class Acts:
    """The acts of one service that hold no lock and read little besides their own stream."""

    store: EventStore
    now: Callable[[], datetime]
    _beginning: Together[RequestOn[Any], Begun[Any]] = field(init=False)
    _writing: Together[Decided, None] = field(init=False)
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def __post_init__(self) -> None:
        """Gather from now on."""
        self._beginning = Together(self._begin)
        self._writing = Together(self._write)

    async def once(self, asked: RequestOn[Any], act: Callable[[Work], Awaitable[str]]) -> str:
        """Run `act`, which gives its answer as JSON, once for its request; a repetition gets the first answer.

        There is no transaction around it: what it reads besides its stream may be older than what it writes, as in any
        transaction that locks nothing, and it must only gather, and write nothing itself.

        Raises:
            IdempotencyConflictError: the key was used with another body.
            RaceLostError: somebody else was faster ten times in a row.
        """
        async with self.turn(asked.stream):
            return await self._once(asked, act)

    def turn(self, stream: str) -> asyncio.Lock:
        """Whose turn it is on this stream, also for an act in a transaction of its own."""
        # It lives as long as somebody has it or waits for it.
        return self._turns.setdefault(stream, asyncio.Lock())

    async def _once(self, asked: RequestOn[Any], act: Callable[[Work], Awaitable[str]]) -> str:
        for _ in range(RACE_TRIES_MAX):
            found = await self._beginning.ask(asked)
            if found.answer is not None:
                return found.answer
            try:
                async with self.store.pool.acquire() as connection:
                    work = Work(connection, self.store, self.now())
                    work.know(found.loaded)
                    answer = await act(work)
                # No connection is held while it waits for one.
                await self._writing.ask(Decided(work.gathered(), asked.request, answer))
            except RACES:
                continue
            self.store.committed(work.written)
            return answer
        raise RaceLostError

    async def _begin(self, asked: Sequence[RequestOn[Any]]) -> Sequence[Begun[Any] | Exception]:
        async with self.store.pool.acquire() as connection:
            return await begun(connection, asked, self.store.decode)

    async def _write(self, acts: Sequence[Decided]) -> Sequence[Exception | None]:
        new = [each for act in acts for each in act.gathered.new]
        answers = [(act.request, act.answer) for act in acts]
        try:
            async with self.store.pool.acquire() as connection:
                await append(connection, new, answers=answers, beside=_joined(acts))
        except ONE_AMONG_THEM:
            if len(acts) == 1:
                raise
            # Whose it was shows when they are tried alone.
            return [await self._alone(act) for act in acts]
        return [None] * len(acts)

    async def _alone(self, act: Decided) -> Exception | None:
        try:
            await self._write([act])
        except Exception as error:  # noqa: BLE001 - this caller's own; of the others some are written by now.
            return error
        return None


def _joined(acts: Sequence[Decided]) -> list[Rows]:
    """One statement for the rows of several, in an order that makes few different texts."""
    values: dict[str, list[list[Any]]] = {}
    for rows in (rows for act in acts for rows in act.gathered.beside):
        columns = values.setdefault(rows.statement, [[] for _ in rows.values])
        for column, more in zip(columns, rows.values, strict=True):
            column.extend(more)
    return [Rows(statement, columns) for statement, columns in sorted(values.items())]
