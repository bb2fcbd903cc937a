"""What time does to topics, at once."""

from collections.abc import Iterable

from aiokafka import TopicPartition
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
