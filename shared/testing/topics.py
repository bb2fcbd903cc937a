"""What topics hold, and what time does to them, at once."""

from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from shared.kernel.kafka import Broker, Topic, describe_cluster


async def forget_records(broker: Broker, topics: Iterable[Topic]) -> None:
    """As if 30 days had passed over these topics."""
    cluster = await describe_cluster(broker, [broker.named(topic.name) for topic in topics])
    parts = [TopicPartition(name, part) for name, found in cluster.partitions.items() for part in found]
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.delete_records({part: RecordsToDelete(before_offset=-1) for part in parts})
    finally:
        await admin.close()


async def drop_topics(bootstrap: str, prefix: str) -> None:
    """Delete the topics whose names begin so."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        if names := [name for name in await admin.list_topics() if name.startswith(prefix)]:
            await admin.delete_topics(names)
    finally:
        await admin.close()


async def records_of(broker: Broker, topic: Topic) -> list[Any]:
    """All records of a topic, each partition's in their order."""
    consumer = AIOKafkaConsumer(
        broker.named(topic.name), bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        parts = consumer.assignment()
        ends = await consumer.end_offsets(list(parts))
        return [record for part in parts for record in await _up_to(consumer, part, ends[part])]
    finally:
        await consumer.stop()


async def _up_to(consumer: AIOKafkaConsumer, part: TopicPartition, end: int) -> list[Any]:
    records: list[Any] = []
    while len(records) < end:
        records.append(await consumer.getone(part))
    return records
