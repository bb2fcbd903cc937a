"""What a service knows of the district, in whatever order its records come."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest_asyncio
from aiokafka import AIOKafkaProducer

from shared.contracts.codec import decode, knows
from shared.contracts.directory import EVENTS, DirectoryRecord, DutyDefined, Name, PlaceDefined
from shared.directory import DIRECTORY, DIRECTORY_TOPIC, DirectoryFollower
from shared.directory.following import NO_DISTRICT
from shared.kernel.clock import SystemClock
from shared.kernel.kafka import Broker, ensure_topics, event_headers, new_producer
from shared.kernel.migrations import KERNEL
from shared.kernel.reactions import Reactions, Received
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Work
from shared.testing.databases import NewDatabase
from shared.testing.waiting import eventually

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
NAME = "reader"

reactions: Reactions[DirectoryFollower] = Reactions(topics=(DIRECTORY_TOPIC,), knows=knows)


async def follow(directory: DirectoryFollower, work: Work, received: Received[DirectoryRecord]) -> None:
    await directory.record(work.connection, [received.event])


for each in EVENTS:
    reactions.on(each)(follow)


def place(name: str, *, id: str = "GATE", edition: int = 1) -> PlaceDefined:
    return PlaceDefined(at=AT, id=id, edition=edition, name=Name(zh=name, en=name), area="estate", path=("estate",))


@dataclass(frozen=True, slots=True)
class Reader:
    """A service that follows the directory, and what is sent to its topic as a relay would."""

    runtime: Runtime
    directory: DirectoryFollower
    producer: AIOKafkaProducer

    async def told(self, record: DirectoryRecord, *, version: int) -> UUID:
        """The id under which it was told."""
        event_id = uuid4()
        row = {
            "event_id": event_id,
            "type": record.type_name(),
            "stream": record.stream,
            "version": version,
            "schema_version": record.schema_version,
            "occurred_at": AT,
        }
        await self.producer.send_and_wait(
            self.runtime.ground.broker.named(DIRECTORY_TOPIC.name),
            record.to_json().encode(),
            key=record.stream.encode(),
            headers=event_headers(row, source="/routing", metadata={}),
        )
        return event_id

    async def knows(self, **names: str) -> None:
        """Until it knows these places, by id, under these names."""

        async def is_so() -> bool:
            places = (await self.directory.current()).places
            return {id: place.name.en for id, place in places.items()} == names

        await eventually(is_so)


@pytest_asyncio.fixture(loop_scope="session")
async def reader(new_database: NewDatabase, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[Reader]:
    broker = Broker(kafka_bootstrap, topic_prefix)
    await ensure_topics(broker, [DIRECTORY_TOPIC])
    dsn = await new_database(**{NAME: [KERNEL, DIRECTORY]})
    runtime = await open_runtime(Ground(NAME, dsn, broker), decode)
    directory = DirectoryFollower(runtime.pool, SystemClock())
    runtime.consume(reactions, directory)
    runtime.need("directory", directory.missing)
    producer = new_producer(broker, "routing")
    await producer.start()
    runtime.loops.start()
    yield Reader(runtime, directory, producer)
    await producer.stop()
    await runtime.stop()


async def test_an_older_edition_that_comes_later_changes_nothing(reader: Reader) -> None:
    await reader.told(place("new", edition=2), version=2)
    await reader.knows(GATE="new")

    await reader.told(place("old", edition=1), version=1)
    await reader.told(place("yard", id="YARD"), version=1)

    await reader.knows(GATE="new", YARD="yard")


async def test_a_publisher_that_was_restored_to_an_earlier_point_is_believed_whatever_edition_it_counts(
    reader: Reader,
) -> None:
    await reader.told(place("before", edition=7), version=2)
    await reader.knows(GATE="before")

    await reader.told(place("restored", edition=3), version=2)
    await reader.knows(GATE="restored")
    await reader.told(place("later", edition=4), version=3)
    await reader.knows(GATE="later")


async def test_of_what_is_told_twice_under_a_version_at_once_the_last_counts_and_is_remembered(reader: Reader) -> None:
    await reader.runtime.loops.stop()
    await reader.told(place("before", edition=7), version=2)
    last = await reader.told(place("restored", edition=3), version=2)

    reader.runtime.loops.start()
    await reader.knows(GATE="restored")

    assert await reader.runtime.pool.fetchval("SELECT event_ids FROM seen WHERE stream = 'place-GATE'") == [last]


async def test_a_service_is_ready_as_soon_as_it_knows_a_district_and_says_before_that_none_has_come(
    reader: Reader,
) -> None:
    async def lacks_the_district_alone() -> bool:
        return await reader.runtime.troubles() == {"directory": NO_DISTRICT}

    async def is_ready() -> bool:
        return not await reader.runtime.troubles()

    await eventually(lacks_the_district_alone)

    await reader.told(place("gate"), version=1)

    await eventually(is_ready)


async def test_extent_counts_what_every_service_follows_and_grows_with_each_change(reader: Reader) -> None:
    assert await reader.directory.extent() == (0, 0)

    await reader.told(place("gate"), version=1)
    await reader.told(place("yard", id="YARD"), version=1)
    await reader.told(DutyDefined(at=AT, id="committee", edition=1, shifts=()), version=1)
    await reader.told(place("garden", id="YARD", edition=3), version=2)
    await reader.knows(GATE="gate", YARD="garden")

    assert await reader.directory.extent() == (2, 4)
