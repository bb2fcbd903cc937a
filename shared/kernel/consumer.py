"""From Kafka into this service's tables.

Promise: every event takes effect exactly once in this service's tables, in order within its stream; a poisoned event
stops only its own stream. Offsets live in PostgreSQL with the effect (compare and set), deduplication is by stream
version in the effect's own transaction. A broker that came back without its last records is read again from ten minutes
before the last record that was taken. On another cluster, or where an offset has expired, the consumer stops with one
line that says what to do; nothing is skipped silently.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from shared.kernel import metrics
from shared.kernel.database import Pool
from shared.kernel.filling import filling_topic
from shared.kernel.inbox import Inbox, PartitionLostError, Step
from shared.kernel.kafka import Broker, Cluster, close_consumer, describe_cluster, new_consumer, start_client
from shared.kernel.loops import StopLoopError, beat
from shared.kernel.offsets import OffsetExpiredError, Offsets, OtherClusterError, offset_at
from shared.kernel.reactions import Service

log = structlog.get_logger()

BATCH_MAX = 500
FETCH_WAIT_MS = 200
PARKED_POLL_S = 1.0
PROBE_S = 1.0
ANSWER_WITHIN_S = 10.0
LAG_COMMIT_S = 5.0
REWIND = timedelta(minutes=10)


class TailLostError(Exception):
    """The broker no longer has the last record that was taken."""

    def __init__(self, part: TopicPartition) -> None:
        super().__init__(part.topic, part.partition)
        self.part = part


@dataclass(slots=True)
class Consumer(Generic[Service]):
    """One service's consumer: all its topics in one group, one transaction a fetched batch."""

    name: str
    broker: Broker
    pool: Pool
    inbox: Inbox[Service]
    after_batch: list[Callable[[], None]] = field(default_factory=list)
    works: bool = False
    _started: bool = False
    _cluster: str = ""
    _next: dict[TopicPartition, int] = field(default_factory=dict)
    # When the record before the next was written, as long as it has not been seen again since the last seek.
    _last: dict[TopicPartition, int] = field(default_factory=dict)
    # How far topics of state, and the one that fills this consumer, must be read before it can do its work.
    _goal: dict[TopicPartition, int] = field(default_factory=dict)
    _moves: int = 0
    _seek_failure: Exception | None = None

    @property
    def offsets(self) -> Offsets:
        """Where it stands."""
        return Offsets(self.name, self.broker, self.pool)

    @property
    def caught_up(self) -> bool:
        """Whether it has read what it needs to do its work, as it stood at the start."""
        return self._started and not self._goal

    @property
    def filling(self) -> bool:
        """Whether it has still to read what it came too late for."""
        return any(part.topic == self._filling_topic for part in self._goal)

    @property
    def _filling_topic(self) -> str:
        return self.broker.named(filling_topic(self.name).name)

    async def run(self) -> None:
        """Consume until cancelled.

        Raises:
            OtherClusterError: the broker is another one than before.
            OffsetExpiredError: the broker no longer has what comes next.
        """
        consumer = new_consumer(self.broker, self.name, gather_bytes=self.inbox.reactions.gather_bytes)
        self.forget(set(self._next))
        self._seek_failure = None
        try:
            await start_client(consumer)
            topics = [self.broker.named(topic.name) for topic in self.inbox.reactions.topics]
            cluster = await describe_cluster(self.broker, [*topics, self._filling_topic])
            self._cluster = cluster.id
            await self.offsets.check(cluster.id)
            await self._set_goal(consumer, cluster)
            filled = [self._filling_topic] if self._filling_topic in cluster.partitions else []
            consumer.subscribe([*topics, *filled], listener=_Seek(self, consumer))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._consume_for_ever(consumer))
                tasks.create_task(self._release_for_ever())
                tasks.create_task(self._probe_for_ever(consumer))
                tasks.create_task(self._show_lag_for_ever(consumer))
        except* StopLoopError as group:
            raise group.exceptions[0] from None
        finally:
            self.works = False
            await close_consumer(consumer)

    async def _consume_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            beat()
            moves = self._moves
            try:
                fetched = await self._fetch(consumer)
                self._check_unmoved(moves)
                await self.take(fetched)
                self._check_unmoved(moves)
            except OffsetOutOfRangeError as error:
                for part in error.args[0]:
                    await self._out_of_range(consumer, part)
            except TailLostError as error:
                await self._rewind(consumer, error.part)
            except (PartitionLostError, NoOffsetForPartitionError):
                # The second says that it fetched before our listener had sought.
                log.info("partition_lost", consumer=self.name)
                await self.seek(consumer, consumer.assignment())
            await self._check_goal()

    async def _fetch(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, list[Any]]:
        """Events, then every state that has come: one sent before an event is in the same batch or an earlier one."""
        names = {self.broker.named(name) for name in self.inbox.reactions.state_topics}
        states = [part for part in consumer.assignment() if part.topic in names]
        # What is newer than the filling topic's would be set aside, event by event, until that is read.
        only = [*states, *self._filling_parts(consumer)] if self.filling else []
        if self.filling and not only:
            # Other processes of this service have these partitions.
            await asyncio.sleep(FETCH_WAIT_MS / 1000)
            return {}
        fetched: dict[TopicPartition, list[Any]] = await consumer.getmany(
            *only, timeout_ms=FETCH_WAIT_MS, max_records=BATCH_MAX
        )
        if fetched and states:
            for part, records in (await consumer.getmany(*states, timeout_ms=0)).items():
                fetched[part] = [*fetched.get(part, ()), *records]
        return fetched

    def _filling_parts(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        return [part for part in consumer.assignment() if part.topic == self._filling_topic]

    def _check_unmoved(self, moves: int) -> None:
        """What was fetched while partitions moved may be from before or after: PostgreSQL is asked once more."""
        if self._seek_failure:
            raise self._seek_failure
        if moves != self._moves:
            raise PartitionLostError

    async def take(self, fetched: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Let a fetched batch take effect; states first, since events may need them."""
        states = {self.broker.named(name) for name in self.inbox.reactions.state_topics}
        untaken = [(part, self._not_taken(part, records)) for part, records in fetched.items() if records]
        parts = [(part, records) for part, records in untaken if records]
        parts.sort(key=lambda pair: pair[0].topic not in states)
        if not parts:
            return
        steps = [
            Step(
                self.broker.plain(part.topic),
                part.partition,
                self._next[part],
                records[-1].offset + 1,
                records[-1].timestamp,
            )
            for part, records in parts
        ]
        await self.inbox.take(self._cluster, [record for _, records in parts for record in records], steps)
        for part, records in parts:
            if part in self._next:
                self._next[part] = records[-1].offset + 1
        for call in self.after_batch:
            call()

    def _not_taken(self, part: TopicPartition, records: Sequence[Any]) -> Sequence[Any]:
        """Without the record that was taken last: after a seek it is read once more, to see that it is still there."""
        if part not in self._next:
            raise PartitionLostError
        last = self._last.pop(part, None)
        if last is None or records[0].offset >= self._next[part]:
            return records
        if records[0].timestamp != last:
            raise TailLostError(part)
        return records[1:]

    async def seek(self, consumer: AIOKafkaConsumer, partitions: set[TopicPartition]) -> None:
        """Go to where PostgreSQL says that these partitions stand; never read ones start at their beginning."""
        self._moves += 1
        known = await self.offsets.standings(self._cluster)
        new = partitions - known.keys()
        if new:
            await self.offsets.start_at(self._cluster, await consumer.beginning_offsets(list(new)))
            known = await self.offsets.standings(self._cluster)
        for part in partitions & consumer.assignment():
            standing = known[part]
            self._next[part] = standing.next_offset
            self._last.pop(part, None)
            again = standing.last_timestamp is not None and standing.next_offset > 0
            if again and standing.last_timestamp is not None:
                self._last[part] = standing.last_timestamp
            consumer.seek(part, standing.next_offset - again)

    def forget(self, partitions: set[TopicPartition]) -> None:
        """These partitions are no longer ours."""
        self._moves += 1
        for part in partitions:
            self._next.pop(part, None)
            self._last.pop(part, None)

    async def assigned(self, consumer: AIOKafkaConsumer, partitions: set[TopicPartition]) -> None:
        """These partitions are ours now. The group may have formed anew on another broker at the same address."""
        try:
            cluster = await describe_cluster(self.broker, [])
            if cluster.id != self._cluster:
                raise OtherClusterError(OtherClusterError.__doc__)  # noqa: TRY301 - kept for the loop, as all here.
            await self.seek(consumer, partitions)
            self.works = True
        except Exception as error:  # noqa: BLE001 - the library only logs what its listener raises; our loop must fail.
            self._seek_failure = error

    async def _out_of_range(self, consumer: AIOKafkaConsumer, part: TopicPartition) -> None:
        beginning = (await consumer.beginning_offsets([part]))[part]
        end = (await consumer.end_offsets([part]))[part]
        stands = self._next.get(part)
        if stands is None:
            raise PartitionLostError
        if stands > end:
            await self._rewind(consumer, part)
        elif stands < beginning:
            raise OffsetExpiredError(OffsetExpiredError.__doc__)
        else:
            # Only the record before the next has expired, as it should.
            self._last.pop(part, None)
            consumer.seek(part, stands)

    async def _rewind(self, consumer: AIOKafkaConsumer, part: TopicPartition) -> None:
        standing = (await self.offsets.standings(self._cluster))[part]
        offset = int((await consumer.beginning_offsets([part]))[part])
        if standing.last_timestamp is not None:
            written_from = standing.last_timestamp - int(REWIND.total_seconds() * 1000)
            offset = await offset_at(consumer, part, written_from=written_from)
        log.warning("broker_lost_its_tail", topic=part.topic, partition=part.partition, rewound_to=offset)
        await self.offsets.rewind(self._cluster, part, min(offset, standing.next_offset))
        # All of them: what had been fetched of the others with it was not taken.
        await self.seek(consumer, consumer.assignment())

    async def _set_goal(self, consumer: AIOKafkaConsumer, cluster: Cluster) -> None:
        """Where these topics stand now: only when they are read so far can this service do its work."""
        names = [self.broker.named(topic.name) for topic in self.inbox.reactions.topics if topic.state]
        parts = [TopicPartition(name, part) for name in names for part in cluster.partitions[name]]
        filling = cluster.partitions.get(self._filling_topic, ())
        parts += [TopicPartition(self._filling_topic, part) for part in filling]
        ends = await consumer.end_offsets(parts) if parts else {}
        self._goal = {part: end for part, end in ends.items() if end > 0}
        await self._check_goal()
        self._started = True

    async def _check_goal(self) -> None:
        """All processes of the service read for it together: what counts is where PostgreSQL says that it stands."""
        if self._goal:
            known = await self.offsets.standings(self._cluster)
            self._goal = {
                part: end for part, end in self._goal.items() if part not in known or known[part].next_offset < end
            }

    async def _release_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PARKED_POLL_S)
            await self.inbox.release_ready()

    async def _probe_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        """Ask the broker each second: fetching does not fail while it is away, and who comes back may be another."""
        while True:
            await asyncio.sleep(PROBE_S)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await consumer.topics()

    async def _show_lag_for_ever(self, consumer: AIOKafkaConsumer) -> None:
        """As a metric, and committed to Kafka too for tools that look there; nothing here reads it back."""
        while True:
            await asyncio.sleep(LAG_COMMIT_S)
            try:
                ends = await consumer.end_offsets(list(self._next)) if self._next else {}
                metrics.LAG.labels(consumer=self.name).set(self._behind(ends))
                if self._next:
                    await consumer.commit(dict(self._next))
            except KafkaError as error:
                log.debug("lag_not_shown", consumer=self.name, error=type(error).__name__)

    def _behind(self, ends: Mapping[TopicPartition, int]) -> int:
        """How many records these partitions hold after what was taken; one that was given away meanwhile counts not."""
        return sum(max(0, end - self._next.get(part, end)) for part, end in ends.items())


class _Seek(ConsumerRebalanceListener):  # type: ignore[misc]
    """PostgreSQL, not Kafka, says where a partition stands."""

    def __init__(self, owner: "Consumer[Any]", consumer: AIOKafkaConsumer) -> None:
        self._owner = owner
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._owner.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._owner.assigned(self._consumer, assigned)
