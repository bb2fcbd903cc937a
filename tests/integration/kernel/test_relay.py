"""What the relay promises of states, and of what is queued again while it is on its way."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import pytest
import pytest_asyncio

from shared.kernel.database import Connection
from shared.kernel.event_store import SQL
from shared.kernel.kafka import DAY_TYPE, Broker, Topic, ensure_topics
from shared.kernel.migrations import KERNEL
from shared.kernel.relay import Publication, StateMessage
from shared.kernel.republish import NoSuchStreamError, republish, resend_stream, sent
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Work, transact
from shared.testing.databases import NewDatabase
from shared.testing.ledger import TOPIC, decode
from shared.testing.topics import records_of
from shared.testing.waiting import eventually
from tests.integration.kernel.conftest import Pair

# A row for each batch that the broker acknowledged.
ACKNOWLEDGED = "SELECT cardinality(positions) AS events FROM acknowledged ORDER BY at"
STATES = Topic("yima.colours.v1", state=True, partitions=2)


@dataclass(slots=True)
class Colours:
    """States: each key's current colour."""

    now: dict[str, str] = field(default_factory=dict)

    async def current(self, _connection: Connection, keys: Sequence[str]) -> Sequence[StateMessage]:
        return [(key, [("ce_id", str(uuid5(UUID(int=1), key)).encode())], self.now[key].encode()) for key in keys]


@dataclass(frozen=True, slots=True)
class Painter:
    """A service that publishes states alone."""

    runtime: Runtime
    colours: Colours
    broker: Broker

    async def paint(self, **colours: str) -> None:
        async def act(work: Work) -> None:
            self.colours.now.update(colours)
            work.publish_states(list(colours))

        await transact(self.runtime.store, self.runtime.ground.clock.now, act)

    async def seen(self) -> list[tuple[str, str]]:
        """All colours of the topic, by key in order."""
        records = [record for record in await self.records() if not record.key.startswith(b"day/")]
        return sorted(((record.key.decode(), record.value.decode()) for record in records), key=lambda pair: pair[0])

    async def records(self) -> list[Any]:
        """All records of the topic."""
        return await records_of(self.broker, STATES)

    async def nothing_queued(self) -> None:
        async def is_empty() -> bool:
            return not await self.runtime.pool.fetchval("SELECT count(*) FROM outbox_states")

        await eventually(is_empty)


@pytest_asyncio.fixture(loop_scope="session")
async def painter(new_database: NewDatabase, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[Painter]:
    broker, colours = Broker(kafka_bootstrap, topic_prefix), Colours()
    await ensure_topics(broker, [STATES])
    dsn = await new_database(painter=[KERNEL])
    runtime = await open_runtime(Ground("painter", dsn, broker), decode)
    runtime.publish(Publication("/painter", {}, states_topic=STATES.name, current_states=colours.current))
    runtime.loops.start()
    yield Painter(runtime, colours, broker)
    await runtime.stop()


async def test_state_is_sent_as_it_is_when_it_is_sent(painter: Painter) -> None:
    await painter.paint(gate="red")
    await painter.nothing_queued()
    await painter.runtime.loops.stop()
    await painter.paint(gate="green")
    await painter.paint(gate="blue")

    painter.runtime.loops.start()
    await painter.nothing_queued()

    assert [colour for _, colour in await painter.seen()][-1] == "blue"


async def test_states_acknowledged_lately_are_sent_again_when_the_relay_starts(painter: Painter) -> None:
    await painter.paint(gate="red", wall="white")
    await painter.nothing_queued()

    await painter.runtime.loops.stop()
    painter.runtime.loops.start()

    async def twice() -> bool:
        return await painter.seen() == [("gate", "red"), ("gate", "red"), ("wall", "white"), ("wall", "white")]

    await eventually(twice)


async def test_republish_sends_every_state_that_was_ever_sent_and_its_newest_last(painter: Painter) -> None:
    await painter.paint(gate="red", wall="white")
    await painter.paint(gate="green")
    await painter.nothing_queued()
    before = await painter.seen()

    async with painter.runtime.pool.acquire() as connection:
        assert await republish(connection, lambda _progress: None) == 2
        await sent(connection)

    after = await painter.seen()
    assert len(after) == len(before) + 2
    assert [colour for key, colour in after if key == "gate"][-1] == "green"


async def test_each_partition_of_states_gets_a_record_a_day_whenever_the_relay_starts(painter: Painter) -> None:
    """Or a quiet partition's open segment is never compacted, and an erased key stays in it."""

    async def marked() -> list[tuple[int, str]]:
        days = [record for record in await painter.records() if record.key.startswith(b"day/")]
        return sorted((record.partition, dict(record.headers)["ce_type"].decode()) for record in days)

    async def is_marked() -> bool:
        return await marked() == [(0, DAY_TYPE), (1, DAY_TYPE)]

    await eventually(is_marked)


async def test_lone_event_is_sent_at_once_and_what_follows_is_gathered(stopped_pair: Pair) -> None:
    publisher, ledger = stopped_pair.publisher, stopped_pair.ledger
    assert publisher.relay
    publisher.relay.publication = replace(publisher.relay.publication, gather_s=1.5)

    async def acknowledged() -> list[int]:
        return [row["events"] for row in await publisher.pool.fetch(ACKNOWLEDGED)]

    async def first_is_sent() -> bool:
        return await acknowledged() == [1]

    async def all_are_sent() -> bool:
        return sum(await acknowledged()) == 4

    publisher.loops.start()
    await ledger.say(publisher, "said-1")
    await eventually(first_is_sent)
    for _ in range(3):
        await ledger.say(publisher, "said-1")
    await eventually(all_are_sent)

    assert await acknowledged() == [1, 3]


async def test_event_queued_again_while_it_is_on_its_way_is_sent_again(pair: Pair, pair_dsn: str) -> None:
    """Or else an older event, queued again with it, would be the last of its key in a compacted topic."""
    admin = await asyncpg.connect(pair_dsn)
    stream = pair.ledger.new_stream()
    await pair.ledger.say(pair.publisher, stream)
    await eventually(lambda: pair.ledger.agrees_with(pair.follower))
    async with admin.transaction():
        await admin.execute("LOCK TABLE alpha.acknowledged IN ACCESS EXCLUSIVE MODE")
        await pair.ledger.say(pair.publisher, stream)
        await eventually(lambda: pair.ledger.agrees_with(pair.follower))
        assert await pair.publisher.pool.fetchval(SQL["resend_stream"], stream) == 2

    await eventually(lambda: records_are(pair, stream, [1, 2, 1, 2]))
    await admin.close()


async def records_are(pair: Pair, stream: str, versions: list[int]) -> bool:
    records = await records_of(pair.publisher.ground.broker, TOPIC)
    headers = [dict(record.headers) for record in records]
    return versions == [int(each["ce_streamversion"]) for each in headers if each["ce_subject"] == stream.encode()]


async def test_stream_that_does_not_exist_can_not_be_sent_again(pair: Pair) -> None:
    async with pair.publisher.pool.acquire() as connection:
        with pytest.raises(NoSuchStreamError):
            await resend_stream(connection, "said-none")
