"""What was said is said once more: by a whole service or in one stream, to a broker that has lost it.

Promise: after a republish every event has reached its topic again, in order within its stream, and the last record of
each key is its newest; what happens meanwhile goes on. Who took an event before passes it over, so that nothing takes
effect twice. A consumer that stopped, since the broker was another one or had forgotten what came next, may then start
at the beginning: `adopt_cluster`, only after everything is queued, so that it can miss nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kernel.database import Connection, Pool
from shared.kernel.event_store import SQL
from shared.kernel.kafka import Broker, Topic, close_consumer, describe_cluster, ensure_topics
from shared.kernel.offsets import Offsets

CHUNK = 2_000
POLL_S = 0.05


class NoSuchStreamError(Exception):
    """This service has no stream of that name; a stream's name is its kind and its id, as `yima parked list` shows."""


@dataclass(frozen=True, slots=True)
class RepublishProgress:
    """How far a republish has come: positions of the log queued and sent, of how many."""

    done: int
    total: int


Report = Callable[[RepublishProgress], None]


async def republish(connection: Connection, report: Report, *, chunk: int = CHUNK) -> int:
    """Queue every state and every event of a service again; returns how many. Interrupted, it is simply run again.

    The running relay sends meanwhile: a chunk is queued when the one before is nearly sent, so that what happens now
    does not wait behind the whole history.
    """
    count = int(await connection.fetchval(SQL["requeue_states"]))
    last = 0
    while (queued := await connection.fetchrow(SQL["requeue_events"], last, chunk)) and queued["events"]:
        count, last = count + queued["events"], queued["last"]
        report(RepublishProgress(last, int(await connection.fetchval(SQL["newest_position"]))))
        await sent_up_to(connection, last, left=chunk)
    return count


async def resend_stream(connection: Connection, stream: str) -> int:
    """Queue every event of one stream again; returns how many.

    Raises:
        NoSuchStreamError: it has none.
    """
    count: int = await connection.fetchval(SQL["resend_stream"], stream)
    if not count:
        raise NoSuchStreamError(stream)
    return count


async def sent_up_to(connection: Connection, position: int, *, left: int = 0) -> None:
    """Wait until the relay has sent what is queued up to a position, but for so many."""
    while await connection.fetchval(SQL["still_queued"], position) > left:  # noqa: ASYNC110 - the relay is elsewhere.
        await asyncio.sleep(POLL_S)


async def sent(connection: Connection) -> None:
    """Wait until the relay has sent all that is in the log now."""
    await sent_up_to(connection, int(await connection.fetchval(SQL["newest_position"])))


async def adopt_cluster(consumer: str, pool: Connection | Pool, broker: Broker, topics: Sequence[Topic]) -> None:
    """Let a consumer start on this cluster, at the beginning of whatever it can not go on reading.

    Raises:
        KafkaError: the broker does not answer.
    """
    await ensure_topics(broker, topics)
    cluster = await describe_cluster(broker, [broker.named(topic.name) for topic in topics])
    parts = [TopicPartition(name, part) for name, numbers in cluster.partitions.items() for part in numbers]
    client = AIOKafkaConsumer(**broker.client_settings)
    try:
        await client.start()
        beginnings = await client.beginning_offsets(parts)
    finally:
        await close_consumer(client)
    await Offsets(consumer, broker, pool).adopt(cluster.id, beginnings)
