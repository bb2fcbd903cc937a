"""A consumer that came later is told what the topics have forgotten: on a topic of its own.

Promise: every event of a publisher's log is on the consumer's filling topic, in order within its stream, under the
publisher's name: deduplication knows no difference between it and the ordinary topic. What is committed meanwhile is on
the ordinary topics alone. The consumer reads it to its end first, so that nothing newer is set aside for what is older.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.kernel.database import Connection
from shared.kernel.event_store import SQL
from shared.kernel.kafka import Broker, Topic, close_producer, event_headers, new_producer, start_client
from shared.kernel.republish import CHUNK, Report, RepublishProgress


def filling_topic(consumer: str) -> Topic:
    """The topic that only this consumer reads, if it exists."""
    return Topic(f"yima.fill.{consumer}.v1")


async def fill(
    connection: Connection, source: str, broker: Broker, consumer: str, report: Report, *, chunk: int = CHUNK
) -> int:
    """Send one publisher's whole log to a consumer's filling topic; returns how many events.

    Interrupted, it is simply run again: what is on the topic twice takes effect once.

    Raises:
        KafkaError: the broker does not take it, or does not answer as it should.
    """
    producer = new_producer(broker, f"fill-{consumer}")
    try:
        await start_client(producer)
        return await _send_log(connection, source, producer, broker.named(filling_topic(consumer).name), report, chunk)
    finally:
        await close_producer(producer)


async def _send_log(
    connection: Connection, source: str, producer: AIOKafkaProducer, topic: str, report: Report, chunk: int
) -> int:
    count = last = 0
    newest = int(await connection.fetchval(SQL["newest_position"]))
    while rows := await connection.fetch(SQL["events_between"], last, newest, chunk):
        await _send(producer, topic, source, rows)
        count, last = count + len(rows), rows[-1]["position"]
        report(RepublishProgress(last, newest))
    return count


async def _send(producer: AIOKafkaProducer, topic: str, source: str, rows: Sequence[asyncpg.Record]) -> None:
    sent: list[asyncio.Future[Any]] = []
    for row in rows:
        headers = event_headers(dict(row), source=source, metadata=json.loads(row["metadata"]))
        value, key = row["data"].encode(), row["stream"].encode()
        sent.append(await producer.send(topic, value, key=key, headers=headers))
    await asyncio.gather(*sent)
