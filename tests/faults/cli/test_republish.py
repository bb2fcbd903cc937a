"""The whole platform on an emptied Kafka, and what is parked on it, mended by the commands that its errors name."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from shared.contracts import intake, notify, routing
from shared.embedded.kafka import EmbeddedKafka
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.processes import free_port
from shared.kernel.kafka import Broker, Topic, new_producer
from shared.kernel.offsets import OtherClusterError
from shared.testing.topics import forget_records
from shared.testing.waiting import eventually
from tests.integration.cli.test_up_and_down import Commands

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

STARTED_WITHIN_S = 60


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def yima(server_home: Path, port: int) -> Iterator[Commands]:
    commands = Commands(server_home, port)
    yield commands
    commands.run("down")


def answer(yima: Commands, *words: str) -> Any:
    done = yima.run(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def troubles(port: int) -> dict[str, dict[str, str]]:
    async with httpx2.AsyncClient() as client:
        told = await client.get(f"http://127.0.0.1:{port}/readyz")
    found: dict[str, dict[str, str]] = told.json()["troubles"]
    return found


async def is_ready(port: int) -> bool:
    return await troubles(port) == {}


async def all_consumers_stopped(port: int) -> bool:
    told = await troubles(port)
    return [each.get("consumer") for each in told.values()] == [OtherClusterError.__doc__] * 4


async def test_emptied_kafka_is_filled_again_and_everything_counts_once(
    yima: Commands, server_home: Path, port: int
) -> None:
    answer(yima, "up", "--detach")
    assert yima.run("demo", "--speed", "1000").returncode == 0
    before = answer(yima, "kpi", "--month", "2026-04")
    yima.run("down")
    await asyncio.to_thread(shutil.rmtree, server_home / "kafka" / "data")

    answer(yima, "up", "--detach")
    await eventually(lambda: all_consumers_stopped(port), timeout_s=STARTED_WITHIN_S)
    sent = answer(yima, "republish")
    assert sent["records"].keys() == {"intake", "routing", "notify"}
    assert min(sent["records"].values()) > 47
    yima.run("down")
    answer(yima, "up", "--detach")
    await eventually(lambda: is_ready(port), timeout_s=STARTED_WITHIN_S)

    assert yima.run("demo", "--speed", "1000").returncode == 0
    assert answer(yima, "kpi", "--month", "2026-04")["total"]["received"] == before["total"]["received"] == 47
    assert answer(yima, "parked", "list") == {"parked": []}


async def test_service_whose_tables_are_new_is_filled_by_itself(yima: Commands, server_home: Path, port: int) -> None:
    answer(yima, "up", "--detach")
    assert yima.run("demo", "--speed", "1000").returncode == 0
    before = answer(yima, "kpi", "--month", "2026-04")
    yima.run("down")
    await forget_all_events_and_tables_of_reporting(server_home)

    answer(yima, "up", "--detach")
    await eventually(lambda: is_ready(port), timeout_s=STARTED_WITHIN_S)
    assert answer(yima, "kpi", "--month", "2026-04")["total"]["received"] == 0
    sent = answer(yima, "republish", "--consumer", "reporting")
    assert sent["records"].keys() == {"intake", "routing", "notify"}
    yima.run("down")
    answer(yima, "up", "--detach")
    await eventually(lambda: is_ready(port), timeout_s=STARTED_WITHIN_S)

    assert answer(yima, "kpi", "--month", "2026-04")["total"] == before["total"]
    assert answer(yima, "parked", "list") == {"parked": []}


async def forget_all_events_and_tables_of_reporting(server_home: Path) -> None:
    kafka = EmbeddedKafka(server_home / "kafka")
    await kafka.start()
    await forget_records(Broker(kafka.bootstrap), [Topic(each.TOPIC) for each in (intake, routing, notify)])
    await kafka.stop()
    postgres = EmbeddedPostgres(server_home / "postgres")
    await postgres.start()
    connection = await asyncpg.connect(postgres.dsn)
    # What was acknowledged lately is sent once more at the next start.
    await connection.execute("TRUNCATE intake.acknowledged, routing.acknowledged, notify.acknowledged")
    await connection.execute("DROP SCHEMA reporting, reporting_figures CASCADE")
    await connection.close()
    await postgres.stop()


async def test_what_is_parked_is_shown_tried_again_and_dropped_with_its_reason(
    yima: Commands, server_home: Path
) -> None:
    answer(yima, "up", "--detach")
    producer = new_producer(Broker(EmbeddedKafka(server_home / "kafka").bootstrap), "stranger")
    await producer.start()
    await producer.send_and_wait("yima.notify.v1", b"hello", partition=0)
    await producer.stop()

    async def parked_by_all_readers() -> bool:
        return len(answer(yima, "parked", "list")["parked"]) >= 1

    await eventually(parked_by_all_readers, timeout_s=STARTED_WITHIN_S)
    [shown, *_] = answer(yima, "parked", "list")["parked"]
    stream, service = shown["stream"], shown["consumer"]
    assert (stream, shown["reason"], shown["error"]) == ("unreadable-yima.notify.v1/0", "poison", "NotACloudEventError")
    [record] = answer(yima, "parked", "show", stream, "--service", service)["records"]
    assert (record["topic"], record["partition"], record["record_offset"]) == ("yima.notify.v1", 0, 0)

    tried = yima.run("parked", "retry", stream, "--service", service, "--json")
    assert (tried.returncode, json.loads(tried.stdout)["went_on"]) == (1, False)

    gone = answer(yima, "parked", "drop", stream, "--service", service, "--because", "a stranger's")
    assert gone == {"dropped": {"service": service, "stream": stream, "version": 1}}
    refused = yima.run("parked", "show", stream, "--service", service)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "yima parked list" in refused.stderr


def test_stream_that_nobody_has_is_refused_in_one_line(yima: Commands) -> None:
    answer(yima, "up", "--detach")

    refused = yima.run("republish", "--stream", "case-none")

    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
