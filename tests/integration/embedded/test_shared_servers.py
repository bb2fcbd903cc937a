"""What a test may rely on when it asks for the run's servers."""

import asyncpg

from shared.kernel.kafka import Broker, Topic, describe_cluster, ensure_topics


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
