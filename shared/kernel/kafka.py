"""Topics, producers and consumers with the settings that lose nothing, and CloudEvents 1.0 in binary mode."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, KafkaTimeoutError, TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from shared.kernel.account import Account
from shared.kernel.cancellation import cancellation_kept

log = structlog.get_logger()

START_WITHIN_S = 30.0
CLOSE_WITHIN_S = 5.0
END_WITHIN_S = 1.0
TOPICS_KNOWN_WITHIN_S = 30.0
KEYS_REMEMBERED_MAX = 16_384
# Partitions are for sharing work among processes, and can not be taken back: many, where there may be many processes.
PARTITIONS = 24
RETENTION_DAYS = 30
INT_MAX = 2**31 - 1
# Publisher and stream stand in an index together, whose rows hold 2,700 bytes.
NAME_LENGTH_MAX = 300
PLATFORM_ERRORS: tuple[type[BaseException], ...] = (KafkaError, OSError, TimeoutError)

# Of a state that nobody needs: see the relay.
DAY_TYPE = "yima.kernel.DayBegun"

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its contract's name. A topic of state is compacted: its newest record by key is the truth."""

    name: str
    state: bool = False
    # As many as the broker's setting says.
    partitions: int | None = None

    def settings(self) -> dict[str, str]:
        """As the broker takes them; a state's last edition is compacted within a day."""
        if self.state:
            return {"cleanup.policy": "compact", "max.compaction.lag.ms": str(24 * 3600 * 1000)}
        return {"cleanup.policy": "delete", "retention.ms": str(RETENTION_DAYS * 24 * 3600 * 1000)}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where Kafka is, and what all our topics and groups are called before their names (empty but in tests)."""

    bootstrap: str
    prefix: str = ""
    replication: int = 1
    partitions: int = PARTITIONS
    account: Account | None = None

    @property
    def client_settings(self) -> dict[str, Any]:
        """How every client of ours reaches it."""
        return {"bootstrap_servers": self.bootstrap, **(self.account.client_settings if self.account else {})}

    def named(self, name: str) -> str:
        """A topic's or group's full name here."""
        return f"{self.prefix}{name}"

    def plain(self, name: str) -> str:
        """A topic's contract name."""
        return name.removeprefix(self.prefix)


async def ensure_topics(broker: Broker, topics: Iterable[Topic]) -> None:
    """Create the topics that are missing, and wait until the broker knows them; those that exist stay as they are.

    Raises:
        KafkaError: the broker does not answer, or refuses.
        TimeoutError: it does not show what it said it had made.
    """
    async with _administrator(broker) as admin:
        known = set(await admin.list_topics())
        missing = [topic for topic in topics if broker.named(topic.name) not in known]
        if missing:
            await _create(admin, broker, missing)
            await _known(admin, {broker.named(topic.name) for topic in missing})


@asynccontextmanager
async def _administrator(broker: Broker) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(**broker.client_settings)
    try:
        await start_client(admin)
        yield admin
    finally:
        with cancellation_kept():
            await admin.close()


async def _create(admin: AIOKafkaAdminClient, broker: Broker, topics: Sequence[Topic]) -> None:
    wanted = [
        NewTopic(
            broker.named(topic.name),
            topic.partitions or broker.partitions,
            broker.replication,
            topic_configs=topic.settings(),
        )
        for topic in topics
    ]
    response = await admin.create_topics(wanted)
    for _name, code, *_rest in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which Kafka this is (another id means that every offset we know is meaningless), and its topics' partitions."""

    id: str
    partitions: Mapping[str, Sequence[int]]


async def describe_cluster(broker: Broker, topics: Sequence[str]) -> Cluster:
    """Ask the broker who it is; of topics, those that it has.

    Raises:
        KafkaError: the broker does not answer.
    """
    async with _administrator(broker) as admin:
        # Only those that it has: where a broker makes topics by itself, asking for one would make it.
        known = set(await admin.list_topics()) if topics else set()
        described = await admin.describe_topics([name for name in topics if name in known])
        partitions = {each["topic"]: [part["partition"] for part in each["partitions"]] for each in described}
        return Cluster(str((await admin.describe_cluster())["cluster_id"]), partitions)


async def _known(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """The controller answers before the broker has heard of it."""
    async with asyncio.timeout(TOPICS_KNOWN_WITHIN_S):
        while True:
            if names <= set(await admin.list_topics()):
                return
            await asyncio.sleep(0.02)


def new_producer(broker: Broker, client_id: str) -> AIOKafkaProducer:
    """A producer whose acknowledged records are on every replica, once, in order."""
    return AIOKafkaProducer(
        **broker.client_settings,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        partitioner=partition_of,
        linger_ms=0,
        max_batch_size=256 * 1024,
        request_timeout_ms=15_000,
        retry_backoff_ms=50,
    )


def partition_of(key: bytes, partitions: Sequence[int], _available: Sequence[int]) -> int:
    """Where a key's records go, as every Kafka client reckons it."""
    return partitions[_hash_of(key) % len(partitions)]


@lru_cache(maxsize=KEYS_REMEMBERED_MAX)
def _hash_of(key: bytes) -> int:
    """The library hashes byte by byte in Python; a stream's events follow each other closely, so it is remembered."""
    return int(murmur2(key)) & 0x7FFFFFFF


def new_consumer(broker: Broker, group: str, *, gather_bytes: int) -> AIOKafkaConsumer:
    """A consumer that commits nothing by itself and never guesses an offset."""
    return AIOKafkaConsumer(
        **broker.client_settings,
        group_id=broker.named(group),
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_poll_interval_ms=300_000,
        # What a killed consumer held stands still for so long; brokers grant no shorter session by their defaults.
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_500,
        # Else the library takes the session's time: who looks up the cluster meanwhile would be thrown out.
        rebalance_timeout_ms=10_000,
        fetch_min_bytes=gather_bytes,
        fetch_max_wait_ms=100,
        # What is fetched ahead lies in memory, for each partition of each topic of each service.
        max_partition_fetch_bytes=256 * 1024,
        retry_backoff_ms=100,
        check_crcs=True,
        # A topic made a moment ago may still be unknown to the broker that is asked: then the group gets no partitions,
        # and by the library's default nobody would look again for five minutes.
        metadata_max_age_ms=2_000,
    )


async def start_client(client: AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient) -> None:
    """Start a client.

    Raises:
        KafkaError: the broker does not answer, or did not answer as it should within half a minute.
    """
    # A client that meets a broker in the moment of its start may learn of no node, and then looks for one for ever.
    try:
        async with asyncio.timeout(START_WITHIN_S):
            await client.start()
    except TimeoutError as error:
        raise KafkaTimeoutError(f"Kafka did not answer as it should within {START_WITHIN_S:g} s.") from error


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Stop it, at most some seconds long; what it could not send by then it never sends.

    The library's own stop waits for a broker that is away, and once given up leaves its sender behind: that would put
    an old state after a newer one when the broker is back.
    """
    with cancellation_kept():
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await producer.stop()
        except (TimeoutError, KafkaError):
            log.debug("producer_closed_hard")
            await _end_sender(producer)
            await producer.client.close()


async def drop_producer(producer: AIOKafkaProducer) -> None:
    """End it at once: what is queued in it is never sent, what has left is not called back."""
    await _end_sender(producer)
    await close_producer(producer)


async def _end_sender(producer: AIOKafkaProducer) -> None:
    # There is no public way. It meets a first cancellation by waiting for what is under way, which may still be the way
    # to the broker; a second ends that too.
    sender = producer._sender.sender_task
    for within_s in (0, END_WITHIN_S):
        if sender is not None and not sender.done():
            sender.cancel()
            await asyncio.wait([sender], timeout=within_s)
    producer._message_accumulator.fail_all(KafkaError())


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Stop it, at most some seconds long: a broker that hangs must not hold up a service's stop.

    While a fetch is under way the library's own stop ends in a cancellation that nobody asked for, and leaves its
    client behind.
    """
    with cancellation_kept():
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await consumer.stop()
        except (TimeoutError, KafkaError, asyncio.CancelledError):
            log.debug("consumer_closed_hard")
        finally:
            await consumer._client.close()


def event_headers(row: Mapping[str, Any], *, source: str, metadata: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0 binary mode, with our extensions."""
    fields = {
        "ce_specversion": "1.0",
        "ce_id": str(row["event_id"]),
        "ce_type": row["type"],
        "ce_source": source,
        "ce_subject": row["stream"],
        "ce_time": row["occurred_at"].isoformat(),
        "content-type": "application/json",
        "ce_streamversion": str(row["version"]),
        "ce_previousversion": str(row["version"] - 1),
        "ce_schemaversion": str(row["schema_version"]),
        **{f"ce_{name}": value for name, value in metadata.items()},
    }
    return [(name, value.encode()) for name, value in fields.items()]


def day_headers(source: str, partition: int, now: datetime) -> list[tuple[str, bytes]]:
    """Of a state that says which day it is, for one partition; whoever reads the topic passes it over."""
    day = now.toordinal()
    row = {
        "event_id": uuid5(NAMESPACE_URL, f"{source}/{partition}/{day}"),
        "type": DAY_TYPE,
        "stream": f"day-{partition}",
        "version": day,
        "schema_version": 1,
        "occurred_at": now,
    }
    return event_headers(row, source=source, metadata={})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record as it came, its CloudEvents headers read."""

    topic: str
    partition: int
    offset: int
    headers: Mapping[str, str]
    data: bytes
    publisher: str
    stream: str
    version: int
    previous_version: int
    event_id: UUID
    type: str
    schema_version: int
    occurred_at: datetime

    @property
    def correlation_id(self) -> str:
        """What this event belongs to, from the first request on."""
        return self.headers.get("ce_correlationid", str(self.event_id))

    @property
    def key(self) -> tuple[str, str]:
        """Publisher and stream: within it order holds."""
        return self.publisher, self.stream


class NotACloudEventError(Exception):
    """The record lacks a CloudEvents header that we need; whoever wrote it to this topic is not a publisher of ours."""


def read_record(broker: Broker, record: Any) -> Incoming:
    """Read a consumer's record.

    Raises:
        NotACloudEventError: a header is missing or is not what it should be.
    """
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return read_parts(
        topic=broker.plain(record.topic),
        partition=record.partition,
        offset=record.offset,
        headers=headers,
        data=record.value or b"",
    )


def read_parts(*, topic: str, partition: int, offset: int, headers: Mapping[str, str], data: bytes) -> Incoming:
    """Read a record from its parts, as they came or as they were parked.

    Raises:
        NotACloudEventError: a header is missing or is not what it should be.
    """
    try:
        incoming = Incoming(
            topic=topic,
            partition=partition,
            offset=offset,
            headers=headers,
            data=data,
            publisher=headers["ce_source"],
            stream=headers["ce_subject"],
            version=int(headers["ce_streamversion"]),
            previous_version=int(headers["ce_previousversion"]),
            event_id=UUID(headers["ce_id"]),
            type=headers["ce_type"],
            schema_version=int(headers["ce_schemaversion"]),
            occurred_at=datetime.fromisoformat(headers["ce_time"]),
        )
    except (KeyError, ValueError) as error:
        raise NotACloudEventError from error
    if not _can_be_kept(incoming):
        raise NotACloudEventError
    return incoming


def _can_be_kept(incoming: Incoming) -> bool:
    """Whether our tables can hold it: one record that they refuse would hold up its whole partition for ever."""
    return (
        0 <= incoming.previous_version < incoming.version <= INT_MAX
        and 0 < incoming.schema_version <= INT_MAX
        and 0 < len(incoming.publisher) <= NAME_LENGTH_MAX
        and 0 < len(incoming.stream) <= NAME_LENGTH_MAX
        and incoming.occurred_at.tzinfo is not None
        and "\0" not in "".join((*incoming.headers, *incoming.headers.values()))
    )
