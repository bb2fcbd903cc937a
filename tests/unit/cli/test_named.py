"""What others run is asked where it was named; what nobody named is said not to have been looked at."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli import app
from shared.embedded.processes import free_port
from shared.testing.answering import answering

READY = '{"status": "ready", "troubles": {}}'
NOT_READY = '{"status": "not ready", "troubles": {"routing": {"relay": "KafkaConnectionError"}}}'
NOWHERE = "postgresql://yima@127.0.0.1:9/yima"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"YIMA_DATA_DIR": str(tmp_path), "YIMA_PORT": str(free_port())}


def doctor(environment: dict[str, str], *words: str) -> Result:
    return CliRunner(env=environment).invoke(app, ["doctor", *words])


def unseen(result: Result) -> list[str]:
    return [each["part"] for each in json.loads(result.stdout)["not_looked_at"]]


def test_services_are_asked_where_they_were_named_and_all_else_is_said_to_be_unseen(
    environment: dict[str, str],
) -> None:
    with answering(READY, status=200) as intake, answering(NOT_READY) as routing:
        origins = [f"http://127.0.0.1:{intake}", f"http://127.0.0.1:{routing}/"]

        said = doctor(environment, "--url", origins[0], "--url", origins[1])
        for_machines = doctor(environment, "--url", origins[0], "--url", origins[1], "--json")

    assert (said.exit_code, for_machines.exit_code) == (1, 1)
    assert [line.split("：")[0] for line in said.stdout.splitlines()] == [
        "✗ routing 未就绪（relay: KafkaConnectionError）",
        "· 未检查",
        "· 未检查",
        "· 未检查",
        "· 已检查",
    ]
    told = json.loads(for_machines.stdout)
    assert told["asked"] == [origins[0], origins[1].rstrip("/")]
    assert (told["running"], told["where"]) == (None, None)
    assert [each["check"] for each in told["findings"]] == ["not_ready"]
    assert unseen(for_machines) == ["database", "kafka", "machine"]


def test_healthy_service_is_no_finding(environment: dict[str, str]) -> None:
    with answering(READY, status=200) as port:
        said = doctor(environment, "--url", f"http://127.0.0.1:{port}")

    assert said.exit_code == 0
    assert said.stdout.startswith("✓ 未发现问题")


@pytest.mark.parametrize(
    ("body", "status", "error"), [("no such page", 404, "404"), ('{"type": "about:blank"}', 404, "404")]
)
def test_who_answers_for_another_is_no_service_that_is_ready(
    environment: dict[str, str], body: str, status: int, error: str
) -> None:
    with answering(body, status=status) as port:
        said = doctor(environment, "--url", f"http://127.0.0.1:{port}")

    assert said.exit_code == 1
    assert f"没有说明是否就绪（{error}）" in said.stdout


@pytest.mark.parametrize(
    ("origin", "error"),
    [
        ("http://127.0.0.1:9", "ConnectError"),
        ("routing:8000", "UnsupportedProtocol"),
        ("http://routing:eighty", "InvalidURL"),
    ],
)
def test_service_that_can_not_be_asked_is_named(environment: dict[str, str], origin: str, error: str) -> None:
    said = doctor(environment, "--url", origin)

    assert said.exit_code == 1
    assert f"✗ {origin} 没有说明是否就绪（{error}）" in said.stdout


def test_in_a_container_the_named_stores_and_its_own_service_are_asked_and_not_its_port(
    environment: dict[str, str],
) -> None:
    named = {"YIMA_DATABASE_URL": NOWHERE, "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9"}
    with answering(NOT_READY) as port:
        found = doctor(environment | named | {"YIMA_PORT": str(port)}, "--json")

    told = json.loads(found.stdout)
    assert [each["check"] for each in told["findings"]] == ["database", "broker", "not_ready"]
    assert told["asked"] == ["database", "kafka", f"http://127.0.0.1:{port}"]
    assert unseen(found) == ["machine"]


def test_where_no_service_runs_none_is_said_to_have_been_asked(environment: dict[str, str]) -> None:
    named = {"YIMA_DATABASE_URL": NOWHERE, "YIMA_KAFKA_BOOTSTRAP": "127.0.0.1:9"}

    found = doctor(environment | named, "--json")

    assert unseen(found) == ["services", "machine"]
    assert NOWHERE not in found.stdout
