"""Where a consumer stands in each partition, kept in PostgreSQL with the effects.

Promise: no offset is used on another cluster than the one it was read on, and none is passed over silently. The last
record read is known again by the time it was written, so that a broker that came back without its last records is
noticed also when it has got others in their place.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kernel.database import Connection, Pool
from shared.kernel.event_store import SQL
from shared.kernel.kafka import Broker
from shared.kernel.loops import StopLoopError


class OtherClusterError(StopLoopError):
    """This Kafka is not the one that was read before; run `yima republish`, then start again."""


class OffsetExpiredError(StopLoopError):
    """The topic has forgotten records that were not read yet; run `yima republish`, then start again."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The next offset to read, and when the record before it was written (milliseconds; none when not known)."""

    next_offset: int = 0
    last_timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class Offsets:
    """One consumer's rows of `offsets`."""

    consumer: str
    broker: Broker
    pool: Connection | Pool

    async def check(self, cluster: str) -> None:
        """That this consumer may read here.

        Raises:
            OtherClusterError: it has read elsewhere, and nobody said that it may begin here.
        """
        rows = await self.pool.fetch(SQL["offsets_of_consumer"], self.consumer)
        clusters = {row["cluster_id"] for row in rows}
        if clusters and cluster not in clusters:
            raise OtherClusterError(OtherClusterError.__doc__)

    async def standings(self, cluster: str) -> dict[TopicPartition, Standing]:
        """Where it stands in every partition that it, or another process of its service, has read here."""
        rows = await self.pool.fetch(SQL["offsets_of_consumer"], self.consumer)
        return {
            TopicPartition(self.broker.named(row["topic"]), row["partition"]): Standing(
                row["next_offset"], row["last_timestamp"]
            )
            for row in rows
            if row["cluster_id"] == cluster
        }

    async def start_at(self, cluster: str, beginnings: Mapping[TopicPartition, int]) -> None:
        """Begin here where it has not read yet."""
        await self._write("start_offsets", cluster, beginnings)

    async def adopt(self, cluster: str, beginnings: Mapping[TopicPartition, int]) -> None:
        """Begin here where it has not read yet, or where what it would read next is gone."""
        await self._write("adopt_offsets", cluster, beginnings)

    async def rewind(self, cluster: str, part: TopicPartition, offset: int) -> None:
        """Go back to read again."""
        topic = self.broker.plain(part.topic)
        await self.pool.execute(SQL["rewind_offset"], self.consumer, cluster, topic, part.partition, offset)

    async def _write(self, query: str, cluster: str, beginnings: Mapping[TopicPartition, int]) -> None:
        await self.pool.execute(
            SQL[query],
            self.consumer,
            cluster,
            [self.broker.plain(part.topic) for part in beginnings],
            [part.partition for part in beginnings],
            list(beginnings.values()),
        )


async def offset_at(consumer: AIOKafkaConsumer, part: TopicPartition, *, written_from: int) -> int:
    """The first record of a partition that was written at that time or later; its end when there is none."""
    found = (await consumer.offsets_for_times({part: max(0, written_from)}))[part]
    return int(found.offset) if found else int((await consumer.end_offsets([part]))[part])
