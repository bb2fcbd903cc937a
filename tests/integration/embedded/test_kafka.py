"""The embedded Kafka keeps its records and makes no topic by accident."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.embedded.errors import HalfWrittenError
from shared.embedded.kafka import EmbeddedKafka


@pytest.mark.long
async def test_records_and_address_are_the_same_after_a_restart(server_home: Path) -> None:
    server = EmbeddedKafka(server_home / "kafka")
    await server.start()
    before = server.bootstrap
    await _make_topic(server.bootstrap, "places")
    await _produce(server.bootstrap, "places", b"east gate")

    await server.restart()

    assert server.bootstrap == before
    assert await _first_record(server.bootstrap, "places") == b"east gate"


@pytest.mark.long
async def test_emptied_server_comes_back_as_another_cluster(server_home: Path) -> None:
    server = EmbeddedKafka(server_home / "kafka")
    await server.start()
    before = await _cluster_id(server.bootstrap)
    await server.stop()

    await server.empty()

    await server.start()
    assert await _cluster_id(server.bootstrap) != before


async def test_topic_is_never_made_by_accident(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}unheard-of"

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.describe_topics([topic])

    assert topic not in await admin.list_topics()
    await admin.close()


async def test_half_written_data_directory_is_refused_by_name(server_home: Path) -> None:
    server = EmbeddedKafka(server_home / "kafka")
    server.data.mkdir(parents=True)

    with pytest.raises(HalfWrittenError) as refused:
        await server.start()

    assert refused.value.directory == server.data


async def _make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def _produce(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def _first_record(bootstrap: str, topic: str) -> bytes | None:
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        record = await consumer.getone()
        value: bytes | None = record.value
        return value


async def _cluster_id(bootstrap: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    described = await admin.describe_cluster()
    await admin.close()
    return str(described["cluster_id"])
