"""How topics are made, and how long a client waits for a broker."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiokafka.errors import KafkaTimeoutError
from aiokafka.protocol.admin import ApiVersionRequest_v0, ApiVersionResponse_v0
from aiokafka.protocol.metadata import MetadataRequest_v0, MetadataResponse_v0
from aiokafka.protocol.transaction import InitProducerIdRequest_v0

from shared.kernel import kafka
from shared.kernel.kafka import (
    Broker,
    Topic,
    close_producer,
    describe_cluster,
    ensure_topics,
    new_producer,
    start_client,
)

TOPIC = Topic("yima.places.v1")
KNOWN = [(each.API_KEY, 0, 0) for each in (ApiVersionRequest_v0, MetadataRequest_v0, InitProducerIdRequest_v0)]
# A broker in the moment of its start: it says what it can do, and of the cluster that there is no node in it.
WITHOUT_NODES = {
    ApiVersionRequest_v0.API_KEY: ApiVersionResponse_v0(0, KNOWN).encode(),
    MetadataRequest_v0.API_KEY: MetadataResponse_v0([], []).encode(),
}


@asynccontextmanager
async def broker_without_nodes() -> AsyncIterator[Broker]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await reader.readexactly(*struct.unpack(">i", await reader.readexactly(4)))
                [api_key] = struct.unpack(">h", request[:2])
                correlation_id = request[4:8]
                answered = correlation_id + WITHOUT_NODES[api_key]
                writer.write(struct.pack(">i", len(answered)) + answered)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield Broker(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute of waiting would show no more."""
    monkeypatch.setattr(kafka, "START_WITHIN_S", 0.5)


@pytest.fixture
def silent_broker() -> Iterator[Broker]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield Broker(f"127.0.0.1:{silent.getsockname()[1]}")


async def produce(broker: Broker) -> None:
    producer = new_producer(broker, "unanswered")
    try:
        await start_client(producer)
    finally:
        await close_producer(producer)


async def make_topic(broker: Broker) -> None:
    await ensure_topics(broker, [TOPIC])


async def ask_who_it_is(broker: Broker) -> None:
    await describe_cluster(broker, [])


async def test_topics_are_made_with_the_partitions_of_their_broker(kafka_bootstrap: str, topic_prefix: str) -> None:
    broker = Broker(kafka_bootstrap, topic_prefix, partitions=5)

    await ensure_topics(broker, [Topic("yima.places.v1"), Topic("yima.colours.v1", partitions=2)])

    names = [broker.named("yima.places.v1"), broker.named("yima.colours.v1")]
    cluster = await describe_cluster(broker, names)
    assert [len(cluster.partitions[name]) for name in names] == [5, 2]


async def test_topic_keeps_the_partitions_that_it_was_made_with(kafka_bootstrap: str, topic_prefix: str) -> None:
    await ensure_topics(Broker(kafka_bootstrap, topic_prefix, partitions=2), [Topic("yima.places.v1")])

    broker = Broker(kafka_bootstrap, topic_prefix, partitions=5)
    await ensure_topics(broker, [Topic("yima.places.v1")])

    name = broker.named("yima.places.v1")
    assert len((await describe_cluster(broker, [name])).partitions[name]) == 2


@pytest.mark.timeout(20)
@pytest.mark.parametrize("use", [produce, make_topic, ask_who_it_is])
@pytest.mark.usefixtures("impatient")
async def test_a_client_of_a_broker_that_says_nothing_gives_up_and_says_why(
    silent_broker: Broker, use: Callable[[Broker], Awaitable[None]]
) -> None:
    with pytest.raises(KafkaTimeoutError, match=r"Kafka did not answer as it should within 0\.5 s"):
        await use(silent_broker)


@pytest.mark.timeout(20)
@pytest.mark.usefixtures("impatient")
async def test_a_producer_that_learns_of_no_node_gives_up_and_does_not_look_for_one_for_ever() -> None:
    async with broker_without_nodes() as broker:
        with pytest.raises(KafkaTimeoutError, match="did not answer as it should"):
            await produce(broker)
