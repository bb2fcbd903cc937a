"""An event's way from one service's log to another's tables, over real PostgreSQL and Kafka."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest_asyncio

from shared.contracts.codec import decode
from shared.contracts.notify import SendAccepted, SendUnknown
from shared.kernel.event_store import Cause, Fold, NewEvents
from shared.kernel.kafka import Broker, Topic, ensure_topics
from shared.kernel.migrations import KERNEL, migrate
from shared.kernel.reactions import Reactions, Received
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Work

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
TOPIC = Topic("yima.notify.v1", partitions=6)


async def eventually(condition: Callable[[], Awaitable[bool]], timeout_s: float = 20) -> None:
    async with asyncio.timeout(timeout_s):
        while not await condition():
            await asyncio.sleep(0.02)


def an_event() -> SendUnknown:
    return SendUnknown(at=AT, notification_id=uuid4(), ticket_id=uuid4(), attempt=1, cause="timeout")


def a_cause() -> Cause:
    return Cause(uuid4(), "test", "c-1")


class Ledger:
    """What the consumer has been given, in order."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []
        self.poison: set[tuple[str, int]] = set()


reactions: Reactions[Ledger] = Reactions(topics=(TOPIC,), keep=frozenset({"/alpha"}))


@reactions.on(SendUnknown)
async def on_unknown(ledger: Ledger, work: Work, received: Received[SendUnknown]) -> None:
    key = received.incoming.stream, received.incoming.version
    if key in ledger.poison:
        raise ValueError("poison")
    await work.connection.execute("INSERT INTO effects (stream, version) VALUES ($1, $2)", *key)


@pytest_asyncio.fixture(loop_scope="session")
async def alpha(fresh_postgres_dsn: str, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[Runtime]:
    broker = Broker(kafka_bootstrap, topic_prefix)
    await ensure_topics(broker, [TOPIC])
    await migrate(fresh_postgres_dsn, schema="alpha", role="yima_alpha", components=[KERNEL])
    runtime = await open_runtime(Ground("alpha", fresh_postgres_dsn, broker), decode)
    runtime.publish(Publication("/alpha", {"notification": TOPIC.name}))
    runtime.loops.start()
    yield runtime
    await runtime.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def beta(alpha: Runtime) -> AsyncIterator[tuple[Runtime, Ledger]]:
    dsn = alpha.ground.database_url
    await migrate(dsn, schema="beta", role="yima_beta", components=[KERNEL])
    ledger = Ledger()
    runtime = await open_runtime(Ground("beta", dsn, alpha.ground.broker), decode)
    admin = await asyncio_connect(dsn)
    await admin.execute("CREATE TABLE beta.effects (n bigint GENERATED ALWAYS AS IDENTITY, stream text, version int)")
    await admin.execute("GRANT ALL ON beta.effects TO yima_beta")
    await admin.close()
    runtime.consume(reactions, ledger)
    runtime.loops.start()
    yield runtime, ledger
    await runtime.stop()


async def asyncio_connect(dsn: str):  # type: ignore[no-untyped-def]
    import asyncpg

    return await asyncpg.connect(dsn)


async def effects(runtime: Runtime) -> list[tuple[str, int]]:
    rows = await runtime.pool.fetch("SELECT stream, version FROM effects ORDER BY n")
    return [(row["stream"], row["version"]) for row in rows]


async def test_an_appended_event_takes_effect_once(alpha: Runtime, beta: tuple[Runtime, Ledger]) -> None:
    runtime, _ = beta
    stream = f"notification-{uuid4()}"

    await alpha.store.append(NewEvents(stream, 0, [an_event(), an_event()], a_cause()))

    async def both() -> bool:
        return len(await effects(runtime)) == 2

    await eventually(both)
    assert await effects(runtime) == [(stream, 1), (stream, 2)]


async def test_a_poisoned_event_stops_only_its_own_stream(alpha: Runtime, beta: tuple[Runtime, Ledger]) -> None:
    runtime, ledger = beta
    sick, well = f"notification-{uuid4()}", f"notification-{uuid4()}"
    ledger.poison.add((sick, 1))

    await alpha.store.append(NewEvents(sick, 0, [an_event(), an_event()], a_cause()))
    await alpha.store.append(NewEvents(well, 0, [an_event()], a_cause()))

    async def flowed() -> bool:
        parked = await runtime.pool.fetchval("SELECT count(*) FROM parked")
        return (well, 1) in await effects(runtime) and parked == 2

    await eventually(flowed)
    assert await effects(runtime) == [(well, 1)]

    ledger.poison.clear()
    await runtime.pool.execute("UPDATE parked SET retry_requested = true")

    async def mended() -> bool:
        return len(await effects(runtime)) == 3

    await eventually(mended)
    assert await effects(runtime) == [(well, 1), (sick, 1), (sick, 2)]
    _ = UUID, SendAccepted, Fold
