"""What a test may rely on when it asks for the run's servers."""

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


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
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()

    await admin.create_topics([NewTopic(f"{topic_prefix}yima.intake.v1", num_partitions=24, replication_factor=1)])

    assert f"{topic_prefix}yima.intake.v1" in await admin.list_topics()
    await admin.close()
