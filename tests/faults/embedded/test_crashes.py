"""What embedded servers keep, and how they are found again, after a crash of theirs or of whoever started them."""

from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.embedded.kafka import EmbeddedKafka
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.progress import Progress, Step
from shared.testing.servers import OwnServersFactory

pytestmark = pytest.mark.faults


async def test_row_that_was_answered_for_survives_a_power_cut(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    await _execute(server.dsn, "CREATE TABLE places AS SELECT 'east gate' AS name")

    await server.kill()
    await server.start()

    connection = await asyncpg.connect(server.dsn)
    assert await connection.fetchval("SELECT name FROM places") == "east gate"
    await connection.close()


async def test_topics_survive_a_power_cut(server_home: Path) -> None:
    server = EmbeddedKafka(server_home / "kafka")
    await server.start()
    await _make_topic(server.bootstrap, "places")

    await server.kill()
    await server.start()

    assert "places" in await _topics(server.bootstrap)


async def test_servers_that_a_crashed_launcher_left_are_taken_over(own_servers: OwnServersFactory) -> None:
    left = await own_servers()
    told: list[Progress] = []

    found_postgres = EmbeddedPostgres(left.postgres.home, report=told.append)
    found_kafka = EmbeddedKafka(left.kafka.home, report=told.append)
    await found_postgres.start()
    await found_kafka.start()

    assert found_postgres.running == left.postgres.running
    assert found_kafka.running == left.kafka.running
    assert [progress.step for progress in told] == [Step.LEFT_OVER_ADOPTED, Step.LEFT_OVER_ADOPTED]


async def test_server_that_hangs_answers_again_after_it_goes_on(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home / "postgres")
    await server.start()
    server.pause()
    assert await server.answers() is False

    server.resume()

    assert await server.answers() is True


async def test_two_sets_of_own_servers_do_not_meet(own_servers: OwnServersFactory) -> None:
    first = await own_servers()
    second = await own_servers()

    await _make_topic(first.kafka.bootstrap, "places")

    assert "places" not in await _topics(second.kafka.bootstrap)
    assert first.postgres.dsn != second.postgres.dsn


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def _topics(bootstrap: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    topics: list[str] = await admin.list_topics()
    await admin.close()
    return topics
