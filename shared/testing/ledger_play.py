"""A random play on the kernel by a seed: everything that may happen, in any order, against an independent ledger.

The ledger holds what the appends answered. In the end every number that was said must have taken effect, once, in order
within its stream; what forked is parked, and what took effect of it before is as it was.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import asyncpg

from shared.kernel.database import PLATFORM_ERRORS
from shared.kernel.event_store import SQL, ConcurrentAppendError, Fold, NewEvents, Request
from shared.kernel.kafka import Broker
from shared.kernel.parking import NothingParkedError, parked_streams, request_retry
from shared.kernel.runtime import Runtime
from shared.kernel.work import Work
from shared.testing.ledger import Listener, Said, cause, open_follower, open_publisher
from shared.testing.waiting import eventually

AWAY: tuple[type[BaseException], ...] = (*PLATFORM_ERRORS, asyncpg.PostgresError)
SILENT: Fold[None] = Fold(None, lambda state, _event: state)
UNDO = """
WITH gone AS (DELETE FROM alpha.events WHERE stream = $1 AND version = $2 RETURNING position)
DELETE FROM alpha.outbox USING gone WHERE outbox.position = gone.position
"""
PROCESSES_MAX = 3
SETTLED_WITHIN_S = 100
EFFECTS = "SELECT stream, array_agg(said ORDER BY n) FROM effects GROUP BY stream ORDER BY stream"
TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
  AND application_name = ANY($1::text[])
"""


class NotSettledError(Exception):
    """Not all that was said has taken effect in time; this is what is left."""


Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Account:
    """What a play came to."""

    seed: int
    operations: int
    faults: int
    said: int
    forked: int
    lost: int
    doubled: int
    out_of_order: int

    def __str__(self) -> str:
        """One line to print."""
        parts = (f"{name}={getattr(self, name)}" for name in self.__slots__)
        return "ledger: " + " ".join(parts)


@dataclass(slots=True)
class Play:
    """One play under way."""

    seed: int
    dsn: str
    broker: Broker
    listener: Listener = field(default_factory=Listener)
    said: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    forked: set[str] = field(default_factory=set)
    publishers: list[Runtime] = field(default_factory=list)
    followers: list[Runtime] = field(default_factory=list)
    slow: list[tuple[Any, Any, str, int]] = field(default_factory=list)
    operations: int = 0
    faults: int = 0
    _number: int = 0
    _streams: int = 0
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - a play that can be repeated, no secret.

    async def begin(self) -> None:
        """One process of each service."""
        await self.publisher_joins()
        await self.follower_joins()

    async def end(self) -> None:
        """Stop all processes."""
        for runtime in (*self.publishers, *self.followers):
            await runtime.stop()

    # What services and clients do.

    async def say(self) -> None:
        """Something is said, now and then several things at once by several writers to one stream."""
        stream = self._stream()
        writers = self.random.choice([1, 1, 1, 2, 4])
        await asyncio.gather(*(self._say(stream, self._next()) for _ in range(writers)))

    async def begin_slowly(self) -> None:
        """A transaction that has appended and does not commit yet."""
        number, stream = self._next(), self._new_stream()
        try:
            connection = await asyncpg.connect(self.dsn, server_settings={"search_path": "alpha"})
            transaction = connection.transaction()
            await transaction.start()
            work = Work(connection, self._publisher().store, self._publisher().ground.clock.now())
            work.append(await work.load(stream, SILENT), [Said(number)], fold=SILENT, cause=cause())
            await work.flush()
        except AWAY:
            return
        self.slow.append((connection, transaction, stream, number))

    async def end_slowly(self) -> None:
        """It commits at last, or not; where the answer is lost, the log is asked."""
        if not self.slow:
            return
        connection, transaction, stream, number = self.slow.pop(self.random.randrange(len(self.slow)))
        try:
            await (transaction.commit() if self.random.random() < 0.8 else transaction.rollback())
        except AWAY:
            self.faults += 1
        finally:
            connection.terminate()
        if await self._surely(lambda: self._version(stream)):
            self.said[stream][1] = number

    async def resend(self) -> None:
        """A stream is sent once more."""
        await self._surely(lambda: self._publisher().pool.fetchval(SQL["resend_stream"], self._stream()))

    async def publisher_joins(self) -> None:
        """Another process of the publisher."""
        if len(self.publishers) < PROCESSES_MAX:
            self.publishers.append(await self._surely(lambda: open_publisher(self.dsn, self.broker)))
            self.publishers[-1].loops.start()

    async def follower_joins(self) -> None:
        """Another process of the follower."""
        if len(self.followers) < PROCESSES_MAX:
            self.followers.append(await self._surely(lambda: open_follower(self.dsn, self.broker, self.listener)))
            self.followers[-1].loops.start()

    async def one_leaves(self) -> None:
        """A process ends, but never the last of its service."""
        team = self.random.choice([self.publishers, self.followers])
        if len(team) > 1:
            await team.pop(self.random.randrange(len(team))).stop()

    async def connections_break(self) -> None:
        """The database ends some sessions, whatever they are doing."""
        self.faults += 1
        roles = self.random.choice([["yima_alpha"], ["yima_beta"], ["yima_alpha", "yima_beta"]])
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(TERMINATE, roles)
        await connection.close()

    async def poison(self) -> None:
        """A handler fails on what is said now."""
        self.faults += 1
        number = self._next()
        self.listener.poison.add(number)
        await self._say(self._stream(), number)

    async def make_wait(self) -> None:
        """A handler needs a fact that has not come."""
        number = self._next()
        self.listener.not_yet[number] = "fact"
        await self._say(self._stream(), number)

    async def mend(self) -> None:
        """The handlers work again; what is parked is tried again."""
        self.listener.poison.clear()
        self.listener.not_yet.clear()
        await self._surely(self._retry_all)

    async def restore_publisher(self) -> None:
        """A stream of the publisher is put back by an event that was taken, and goes another way."""
        ripe = [stream for stream in self.said if len(self.said[stream]) > 1 and stream not in self.forked]
        if not ripe:
            return
        stream = self.random.choice(ripe)
        await self.mend()
        await eventually(lambda: self._taken(stream), timeout_s=SETTLED_WITHIN_S)
        self.faults += 1
        self.forked.add(stream)
        versions = len(self.said[stream])
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(UNDO, stream, versions)
        await connection.close()
        other = NewEvents(stream, versions - 1, [Said(-1), Said(-2)], cause())
        request = Request("test", "fork", stream, b"same")
        await self._surely(lambda: self._publisher().store.append(other, request=request, answer="1"))

    # The play and its end.

    async def play(self, acts: Sequence[Act], *, operations: int) -> None:
        """Some operations, drawn by the seed."""
        for _ in range(operations):
            self.operations += 1
            await self.random.choice(acts)()

    @property
    def usual_acts(self) -> list[Act]:
        """What needs no hand on the servers, by how often it is drawn."""
        return [
            *[self.say] * 12,
            *[self.begin_slowly, self.end_slowly, self.resend, self.poison, self.make_wait, self.mend] * 2,
            self.publisher_joins,
            self.follower_joins,
            self.one_leaves,
            self.connections_break,
        ]

    async def settle(self) -> Account:
        """All is mended and committed; once everything has taken effect, the account."""
        while self.slow:
            await self.end_slowly()
        try:
            await eventually(self._settled, timeout_s=SETTLED_WITHIN_S)
        except TimeoutError:
            raise NotSettledError(await self._what_is_left()) from None
        taken: defaultdict[str, list[int]] = defaultdict(list)
        for row in await self._follower().pool.fetch("SELECT stream, said FROM effects ORDER BY n"):
            taken[row["stream"]].append(row["said"])
        said = {stream: self._in_order(stream) for stream in self.said}
        streams = said.keys() | taken.keys()
        lost = sum((Counter(said.get(each, [])) - Counter(taken[each])).total() for each in streams)
        doubled = sum((Counter(taken[each]) - Counter(said.get(each, []))).total() for each in streams)
        wrong = sum(taken[each] != said.get(each, []) for each in streams) if not lost and not doubled else 0
        total = sum(len(numbers) for numbers in said.values())
        return Account(self.seed, self.operations, self.faults, total, len(self.forked), lost, doubled, wrong)

    async def _settled(self) -> bool:
        await self.mend()
        pool = self._follower().pool
        rows = await self._surely(lambda: pool.fetch("SELECT DISTINCT stream FROM parked"))
        count = await self._surely(lambda: pool.fetchval("SELECT count(*) FROM effects"))
        waiting = await self._surely(lambda: self._publisher().pool.fetchval("SELECT count(*) FROM outbox"))
        total = sum(len(numbers) for numbers in self.said.values())
        return {row["stream"] for row in rows} == self.forked and count >= total and not waiting

    async def _what_is_left(self) -> dict[str, Any]:
        async with self._follower().pool.acquire() as connection:
            parked = await parked_streams(connection)
        troubles = [await runtime.troubles() for runtime in (*self.publishers, *self.followers)]
        return {
            "seed": self.seed,
            "parked": [each for each in parked if each.stream not in self.forked],
            "forked but not parked": self.forked - {each.stream for each in parked},
            "outbox": await self._publisher().pool.fetchval("SELECT count(*) FROM outbox"),
            "said": {stream: self._in_order(stream) for stream in self.said},
            "effects": [tuple(row) for row in await self._follower().pool.fetch(EFFECTS)],
            "troubles": troubles,
        }

    async def _retry_all(self) -> None:
        async with self._follower().pool.acquire() as connection:
            for parked in await parked_streams(connection):
                if parked.reason == "poison":
                    try:
                        await request_retry(connection, parked.stream)
                    except NothingParkedError:
                        continue

    async def _taken(self, stream: str) -> bool:
        count: int = await self._surely(
            lambda: self._follower().pool.fetchval("SELECT count(*) FROM effects WHERE stream = $1", stream)
        )
        return count >= len(self.said[stream])

    async def _say(self, stream: str, number: int) -> None:
        """Say it as a client does: again under its key until there is an answer, at whatever version the stream is."""

        async def append() -> str | None:
            while True:
                version = await self._version(stream)
                new = NewEvents(stream, version, [Said(number)], cause())
                request = Request("test", "say", str(number), b"same")
                try:
                    store = self._publisher().store
                    return (await store.append(new, request=request, answer=str(version + 1))).answer
                except ConcurrentAppendError:
                    continue

        self.said[stream][int(await self._surely(append) or 0)] = number

    async def _surely(self, act: Callable[[], Awaitable[Any]]) -> Any:
        """Again while the database is away, as whoever needs an answer does."""
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while True:
                try:
                    return await act()
                except AWAY:
                    await asyncio.sleep(0.1)

    async def _version(self, stream: str) -> int:
        version: int = await self._publisher().pool.fetchval(
            "SELECT coalesce(max(version), 0) FROM events WHERE stream = $1", stream
        )
        return version

    def _in_order(self, stream: str) -> list[int]:
        return [number for _, number in sorted(self.said[stream].items())]

    def _publisher(self) -> Runtime:
        return self.random.choice(self.publishers)

    def _follower(self) -> Runtime:
        return self.random.choice(self.followers)

    def _stream(self) -> str:
        known = [stream for stream in self.said if stream not in self.forked]
        return self.random.choice(known) if known and self.random.random() < 0.7 else self._new_stream()

    def _new_stream(self) -> str:
        self._streams += 1
        return f"said-{self.seed}-{self._streams}"

    def _next(self) -> int:
        self._number += 1
        return self._number


@asynccontextmanager
async def opened_play(seed: int, dsn: str, broker: Broker) -> AsyncIterator[Play]:
    """A play with one process of each service at work."""
    play = Play(seed, dsn, broker)
    await play.begin()
    try:
        yield play
    finally:
        await play.end()
