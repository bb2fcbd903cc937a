"""A publisher and a follower on the kernel alone, and an independent ledger of what was said to have happened.

The ledger is kept by the test, not by the kernel: what it holds must be in the follower's table, each once, in order.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from shared.kernel.clock import Clock, SystemClock
from shared.kernel.event_store import Cause, NewEvents, Request
from shared.kernel.kafka import Broker, Topic, ensure_topics
from shared.kernel.migrations import KERNEL, migrate
from shared.kernel.reactions import Reactions, Received
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.waiting import NotYetError
from shared.kernel.work import Work

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
TOPIC = Topic("yima.said.v1", partitions=6)
FOLLOWER_TABLE = """
CREATE TABLE IF NOT EXISTS {schema}.effects (n bigint GENERATED ALWAYS AS IDENTITY, stream text, version int, said int);
GRANT ALL ON {schema}.effects TO yima_{schema};
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A test's event: a number was said."""

    said: int
    at: datetime = AT

    @classmethod
    def type_name(cls) -> str:
        return "yima.test.Said"

    def to_json(self) -> str:
        return json.dumps({"said": self.said})


def decode(_type: str, _version: int, data: str | bytes) -> Said:
    return Said(json.loads(data)["said"])


def knows(type_name: str, _version: int) -> bool:
    return type_name == Said.type_name()


def cause() -> Cause:
    return Cause(uuid4(), "test", str(uuid4()))


@dataclass(slots=True)
class Listener:
    """What makes the follower's reaction fail, wait or stand still."""

    poison: set[int] = field(default_factory=set)
    not_yet: dict[int, str] = field(default_factory=dict)
    reactions: int = 0


reactions: Reactions[Listener] = Reactions(topics=(TOPIC,), knows=knows)


@reactions.on(Said)
async def on_said(listener: Listener, work: Work, received: Received[Said]) -> None:
    listener.reactions += 1
    said = received.event.said
    if said in listener.not_yet:
        raise NotYetError(listener.not_yet[said])
    incoming = received.incoming
    await work.connection.execute(
        "INSERT INTO effects (stream, version, said) VALUES ($1, $2, $3)", incoming.stream, incoming.version, said
    )
    if said in listener.poison:
        raise ValueError("This number is poison.")


@dataclass(slots=True)
class Ledger:
    """What was said, by stream, as the appends' answers tell it."""

    said: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _next: int = 0
    _unsaid: dict[str, tuple[int, int]] = field(default_factory=dict)

    def new_stream(self) -> str:
        return f"said-{uuid4()}"

    async def say(self, runtime: Runtime, stream: str, count: int = 1) -> None:
        """Append the next numbers to a stream, and write them down once the append has answered."""
        numbers = [self._next + index for index in range(count)]
        self._next += count
        new = NewEvents(stream, len(self.said[stream]), [Said(number) for number in numbers], cause())
        await runtime.store.append(new)
        self.said[stream].extend(numbers)

    async def say_surely(self, runtime: Runtime, stream: str) -> None:
        """Append one number under a key, so that a repetition after an answer that got lost says it only once."""
        number, version = self._unsaid.get(stream) or (self._next, len(self.said[stream]))
        self._next += stream not in self._unsaid
        self._unsaid[stream] = number, version
        request = Request("test", "say", f"{stream}/{version}", b"same")
        await runtime.store.append(
            NewEvents(stream, version, [Said(number)], cause()), request=request, answer=str(number)
        )
        del self._unsaid[stream]
        self.said[stream].append(number)

    @property
    def total(self) -> int:
        return sum(len(numbers) for numbers in self.said.values())

    async def agrees_with(self, follower: Runtime) -> bool:
        """Whether as much has taken effect as was said; `difference` then tells whether it is the same."""
        count: int = await follower.pool.fetchval("SELECT count(*) FROM effects")
        return count >= self.total

    async def difference(self, follower: Runtime) -> dict[str, tuple[Sequence[int], Sequence[int]]]:
        """Streams whose effects are not exactly what was said: (said, taken effect). Empty: none lost, none doubled."""
        taken: defaultdict[str, list[int]] = defaultdict(list)
        for row in await follower.pool.fetch("SELECT stream, said FROM effects ORDER BY n"):
            taken[row["stream"]].append(row["said"])
        streams = self.said.keys() | taken.keys()
        return {
            stream: (self.said.get(stream, []), taken.get(stream, []))
            for stream in streams
            if self.said.get(stream, []) != taken.get(stream, [])
        }


async def open_publisher(dsn: str, broker: Broker, *, clock: Clock | None = None) -> Runtime:
    """A service that only publishes; its loops are not started."""
    await ensure_topics(broker, [TOPIC])
    await migrate(dsn, schema="alpha", role="yima_alpha", components=[KERNEL])
    runtime = await open_runtime(Ground("alpha", dsn, broker, clock or SystemClock()), decode)
    runtime.publish(Publication("/alpha", {"said": TOPIC.name}))
    return runtime


async def open_follower(
    dsn: str, broker: Broker, listener: Listener | None = None, *, reads: Reactions[Any] = reactions, name: str = "beta"
) -> Runtime:
    """A service that only listens, and writes what took effect into `effects`; its loops are not started."""
    await ensure_topics(broker, reads.topics)
    await migrate(dsn, schema=name, role=f"yima_{name}", components=[KERNEL])
    admin = await asyncpg.connect(dsn)
    await admin.execute(FOLLOWER_TABLE.format(schema=name))
    await admin.close()
    runtime = await open_runtime(Ground(name, dsn, broker), decode)
    runtime.consume(reads, listener or Listener())
    return runtime


@asynccontextmanager
async def running(*runtimes: Runtime) -> Any:
    """Start these services' loops, and stop them at the end."""
    for runtime in runtimes:
        runtime.loops.start()
    try:
        yield runtimes
    finally:
        for runtime in runtimes:
            await runtime.stop()
