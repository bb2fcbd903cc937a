"""How topics are made."""

from shared.kernel.kafka import Broker, Topic, describe_cluster, ensure_topics


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
