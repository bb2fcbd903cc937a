"""What a test may rely on when it asks for the run's servers."""

import asyncpg

from shared.kernel.kafka import Broker, Topic, describe_cluster, ensure_topics
from shared.testing.topics import drop_topics


async def test_worker_has_a_database_of_its_own(postgres_dsn: str) -> None:
    connection = await asyncpg.connect(postgres_dsn)

    answer = await connection.fetchval("SELECT current_database() <> 'postgres'")

    assert answer is True
    await connection.close()


async def test_fresh_database_is_empty_and_not_the_workers(fresh_postgres_dsn: str, postgres_dsn: str) -> None:
    connection = await asyncpg.connect(fresh_postgres_dsn)

    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")

    assert tables == 0
    assert fresh_postgres_dsn != postgres_dsn
    await connection.close()


async def test_topics_of_a_test_bear_its_prefix(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = Topic("yima.intake.v1", partitions=24)

    await ensure_topics(Broker(kafka_bootstrap, topic_prefix), [topic])

    described = await describe_cluster(Broker(kafka_bootstrap), [f"{topic_prefix}yima.intake.v1"])
    assert [len(parts) for parts in described.partitions.values()] == [24]


async def test_topics_are_dropped_by_their_prefix_and_others_stay(kafka_bootstrap: str, topic_prefix: str) -> None:
    own, others = Broker(kafka_bootstrap, f"{topic_prefix}own."), Broker(kafka_bootstrap, f"{topic_prefix}others.")
    topic = Topic("yima.intake.v1", partitions=2)
    await ensure_topics(own, [topic])
    await ensure_topics(others, [topic])

    await drop_topics(kafka_bootstrap, own.prefix)

    described = await describe_cluster(Broker(kafka_bootstrap), [own.named(topic.name), others.named(topic.name)])
    assert set(described.partitions) == {others.named(topic.name)}
