"""From Kafka into this service's tables.

Promise: every event takes effect exactly once in this service's tables, in order within its stream; a poisoned event
stops only its own stream. Offsets live in PostgreSQL with the effect (compare and set), deduplication is by stream
version in the effect's own transaction. On another cluster, or where an offset has expired, the consumer stops with
one line that says what to do; nothing is skipped silently.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from shared.kernel import metrics
from shared.kernel.database import Pool
from shared.kernel.event_store import SQL
from shared.kernel.inbox import Inbox, PartitionLostError, Step
from shared.kernel.kafka import Broker, Cluster, describe_cluster, new_consumer
from shared.kernel.loops import StopLoopError
from shared.kernel.reactions import Service

log = structlog.get_logger()

BATCH_MAX = 1000
FETCH_WAIT_MS = 200
PARKED_POLL_S = 1.0
LAG_COMMIT_S = 5.0
REWIND = timedelta(minutes=10)


class OtherClusterError(StopLoopError):
    """This Kafka is not the one that was read before; run `yima republish`, then start again."""


class OffsetExpiredError(StopLoopError):
    """The topic has forgotten records that were not read yet; run `yima republish`, then start again."""


@dataclass(slots=True)
class Consumer(Generic[Service]):
    """One service's consumer: all its topics in one group, one transaction a fetched batch."""

    name: str
    broker: Broker
    pool: Pool
    inbox: Inbox[Service]
    after_batch: list[Callable[[], None]] = field(default_factory=list)
    caught_up: bool = False
    _cluster: str = ""
    _next: dict[TopicPartition, int] = field(default_factory=dict)
    _goal: dict[TopicPartition, int] = field(default_factory=dict)

    async def run(self) -> None:
        """Consume until cancelled.

        Raises:
            OtherClusterError: the broker is another one than before.
            OffsetExpiredError: the broker no longer has what comes next.
        """
        consumer = new_consumer(self.broker, self.name)
        await consumer.start()
        try:
            topics = [self.broker.named(topic.name) for topic in self.inbox.reactions.topics]
            cluster = await describe_cluster(self.broker, topics)
            self._cluster = cluster.id
            await self._check_cluster()
            await self._set_goal(consumer, cluster)
            consumer.subscribe(topics, listener=_Seek(self, consumer))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._consume_for_ever(consumer))
                tasks.create_task(self._release_for_ever())
                tasks.create_task(self._show_lag_for_ever(consumer))
        except* StopLoopError as group:
            raise group.exceptions[0] from None
        finally:
            await consumer.stop()

    async def _consume_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            try:
                fetched = await consumer.getmany(timeout_ms=FETCH_WAIT_MS, max_records=BATCH_MAX)
                await self.take(fetched)
            except OffsetOutOfRangeError as error:
                for partition in error.args[0]:
                    await self._out_of_range(consumer, partition)
            except PartitionLostError:
                log.info("partition_lost", consumer=self.name)
                await self.seek(consumer, consumer.assignment())
            self._check_goal()

    async def take(self, fetched: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Let a fetched batch take effect; states first, since events may need them."""
        if not any(fetched.values()):
            return
        order = {self.broker.named(topic.name): not topic.state for topic in self.inbox.reactions.topics}
        parts = sorted(
            ((part, records) for part, records in fetched.items() if records), key=lambda p: order[p[0].topic]
        )
        steps = [
            Step(self.broker.plain(part.topic), part.partition, self._next[part], records[-1].offset + 1)
            for part, records in parts
            if part in self._next
        ]
        if len(steps) < len(parts):
            raise PartitionLostError
        await self.inbox.take(self._cluster, [record for _, records in parts for record in records], steps)
        for part, records in parts:
            self._next[part] = records[-1].offset + 1
        for call in self.after_batch:
            call()

    async def seek(self, consumer: AIOKafkaConsumer, partitions: set[TopicPartition]) -> None:
        """Go to where PostgreSQL says that these partitions stand; never read ones start at their beginning."""
        known = await self._known_offsets()
        new = {part for part in partitions if part not in known}
        if new:
            beginnings = await consumer.beginning_offsets(list(new))
            await self._start_at(beginnings)
            known = await self._known_offsets()
        for part in partitions:
            self._next[part] = known[part]
            consumer.seek(part, known[part])

    def forget(self, partitions: set[TopicPartition]) -> None:
        """These partitions are no longer ours."""
        for part in partitions:
            self._next.pop(part, None)

    async def _known_offsets(self) -> dict[TopicPartition, int]:
        rows = await self.pool.fetch(SQL["offsets_of_consumer"], self.name)
        return {
            TopicPartition(self.broker.named(row["topic"]), row["partition"]): row["next_offset"]
            for row in rows
            if row["cluster_id"] == self._cluster
        }

    async def _start_at(self, offsets: Mapping[TopicPartition, int]) -> None:
        await self.pool.execute(
            SQL["start_offsets"],
            self.name,
            self._cluster,
            [self.broker.plain(part.topic) for part in offsets],
            [part.partition for part in offsets],
            list(offsets.values()),
        )

    async def _check_cluster(self) -> None:
        rows = await self.pool.fetch(SQL["offsets_of_consumer"], self.name)
        clusters = {row["cluster_id"] for row in rows}
        if clusters and self._cluster not in clusters:
            raise OtherClusterError(OtherClusterError.__doc__)

    async def _out_of_range(self, consumer: AIOKafkaConsumer, part: TopicPartition) -> None:
        end = (await consumer.end_offsets([part]))[part]
        if self._next.get(part, 0) <= end:
            raise OffsetExpiredError(OffsetExpiredError.__doc__)
        offset = await self._ten_minutes_before_end(consumer, part, end)
        log.warning("broker_lost_its_tail", topic=part.topic, partition=part.partition, rewound_to=offset)
        await self.pool.execute(
            SQL["rewind_offset"], self.name, self._cluster, self.broker.plain(part.topic), part.partition, offset
        )
        await self.seek(consumer, {part})

    async def _ten_minutes_before_end(self, consumer: AIOKafkaConsumer, part: TopicPartition, end: int) -> int:
        beginning = int((await consumer.beginning_offsets([part]))[part])
        if end == beginning:
            return beginning
        newest = await self._timestamp_of(consumer, part, end - 1)
        wanted = newest - int(REWIND.total_seconds() * 1000)
        found = (await consumer.offsets_for_times({part: wanted}))[part]
        return int(found.offset) if found else beginning

    async def _timestamp_of(self, consumer: AIOKafkaConsumer, part: TopicPartition, offset: int) -> int:
        consumer.seek(part, offset)
        record = await consumer.getone(part)
        return int(record.timestamp)

    async def _set_goal(self, consumer: AIOKafkaConsumer, cluster: Cluster) -> None:
        """Where the topics of state stand now: only when they are read so far can this service do its work."""
        names = [self.broker.named(topic.name) for topic in self.inbox.reactions.topics if topic.state]
        parts = [TopicPartition(name, part) for name in names for part in cluster.partitions[name]]
        ends = await consumer.end_offsets(parts) if parts else {}
        self._goal = {part: end for part, end in ends.items() if end > 0}
        self.caught_up = not self._goal

    def _check_goal(self) -> None:
        if not self.caught_up:
            ours = {part: end for part, end in self._goal.items() if part in self._next}
            self.caught_up = bool(self._next) and all(self._next[part] >= end for part, end in ours.items())

    async def _release_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PARKED_POLL_S)
            await self.inbox.release_ready()
            age = await self.pool.fetchval(SQL["oldest_parked_age"], self.name)
            metrics.PARKED_AGE.labels(consumer=self.name).set(age or 0)

    async def _show_lag_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        """Commit to Kafka too, for tools that show lag; nothing here reads it back."""
        while True:
            await asyncio.sleep(LAG_COMMIT_S)
            try:
                await consumer.commit(dict(self._next))
            except KafkaError as error:
                log.debug("lag_not_shown", consumer=self.name, error=type(error).__name__)


class _Seek(ConsumerRebalanceListener):  # type: ignore[misc]
    """PostgreSQL, not Kafka, says where a partition stands."""

    def __init__(self, owner: "Consumer[Any]", consumer: AIOKafkaConsumer) -> None:
        self._owner = owner
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._owner.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._owner.seek(self._consumer, assigned)
