"""Each thing that can be wrong is found, and said with what to do."""

import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.cli.doctor import (
    clock_plausible,
    data_directories,
    ended_stores,
    examine,
    first_download,
    left_over_processes,
    port_free,
    python_version,
    unready_services,
    whether_it_runs,
)
from services.cli.running import Ready, write_ready
from services.cli.settings import LaunchSettings
from shared.embedded import jars
from shared.embedded.processes import ProcessRecord, free_port
from shared.kernel.clock import SetClock
from shared.testing.answering import answering

NOON = SetClock(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path) -> LaunchSettings:
    return LaunchSettings(data_dir=tmp_path / "data", port=free_port(), database_url=None, kafka_bootstrap=None)


def test_old_python_is_named() -> None:
    findings = list(python_version((3, 9)))

    assert [finding.check for finding in findings] == ["checked_python"]
    assert "Python 版本 3.9 太旧" in findings[0].text


def test_clock_before_our_time_is_found() -> None:
    reset = SetClock(datetime(1970, 1, 1, tzinfo=UTC))

    assert [finding.check for finding in clock_plausible(reset)] == ["checked_clock"]
    assert list(clock_plausible(NOON)) == []


def test_taken_port_is_found_with_its_holder(settings: LaunchSettings) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", settings.port))
        stranger.listen()

        findings = list(port_free(settings))

    assert [finding.check for finding in findings] == ["checked_port"]
    assert str(os.getpid()) in findings[0].text


def test_half_written_and_interrupted_data_are_told_apart(settings: LaunchSettings) -> None:
    (settings.postgres_home / "data").mkdir(parents=True)
    (settings.kafka_home / "data.partial").mkdir(parents=True)

    findings = list(data_directories(settings))

    assert [finding.check for finding in findings] == ["checked_data_interrupted", "checked_data_half_written"]
    assert str(settings.postgres_home / "data") in findings[1].text


def test_store_without_its_launcher_is_left_over(settings: LaunchSettings) -> None:
    settings.kafka_home.mkdir(parents=True)
    ProcessRecord.of(os.getpid()).write(settings.kafka_home / "process.json")

    findings = list(left_over_processes(settings))

    assert [finding.values for finding in findings] == [{"name": "kafka", "pid": os.getpid()}]


def test_network_is_asked_only_when_something_is_missing(
    settings: LaunchSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(jars.MIRROR, "http://127.0.0.1:9")

    without_jars = [finding.check for finding in first_download(settings)]
    jars.jars_directory().mkdir(parents=True)
    with_jars = [finding.check for finding in first_download(settings)]

    assert without_jars == ["checked_network"]
    assert with_jars == []


def test_real_kafka_needs_no_download(settings: LaunchSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")
    named = settings.model_copy(update={"kafka_bootstrap": "kafka.test:9092"})

    assert list(first_download(named)) == []


def test_healthy_machine_has_no_findings(
    settings: LaunchSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    jars.jars_directory().mkdir(parents=True)

    assert examine(settings, NOON).findings == []


def test_store_of_a_running_platform_that_has_ended_is_named(settings: LaunchSettings) -> None:
    settings.data_dir.mkdir()
    ProcessRecord.of(os.getpid()).write(settings.data_dir / "process.json")
    write_ready(settings.data_dir, Ready("127.0.0.1", settings.port, "GATE"))

    findings = list(ended_stores(settings))

    assert [(finding.check, finding.values["name"]) for finding in findings] == [
        ("checked_store_ended", "kafka"),
        ("checked_store_ended", "postgres"),
    ]


def test_platform_that_runs_and_does_not_answer_is_found(settings: LaunchSettings) -> None:
    settings.data_dir.mkdir()
    ProcessRecord.of(os.getpid()).write(settings.data_dir / "process.json")
    write_ready(settings.data_dir, Ready("127.0.0.1", settings.port, "GATE"))

    findings = list(unready_services(settings))

    assert [finding.check for finding in findings] == ["checked_silent"]


def test_service_that_is_not_ready_says_why(settings: LaunchSettings) -> None:
    settings.data_dir.mkdir()
    ProcessRecord.of(os.getpid()).write(settings.data_dir / "process.json")
    with answering('{"status": "not ready", "troubles": {"intake": {"relay": "KafkaConnectionError"}}}') as port:
        write_ready(settings.data_dir, Ready("127.0.0.1", port, "GATE"))

        findings = list(unready_services(settings))

    assert [finding.text for finding in findings] == [
        "intake 未就绪（relay: KafkaConnectionError）：怎么办见 docs/operations.md"
        " · not ready: docs/operations.md says what to do about each"
    ]


def test_what_a_service_does_without_is_told_though_it_is_ready(settings: LaunchSettings) -> None:
    settings.data_dir.mkdir()
    ProcessRecord.of(os.getpid()).write(settings.data_dir / "process.json")
    limits = '{"intake": {"photos": "the store does not answer"}}'
    with answering(f'{{"status": "ready", "troubles": {{}}, "limits": {limits}}}') as port:
        write_ready(settings.data_dir, Ready("127.0.0.1", port, "GATE"))

        findings = list(unready_services(settings))

    assert [finding.text for finding in findings] == [
        "intake 能工作，但缺一部分（photos: the store does not answer）：怎么办见 docs/operations.md"
        " · does its work without a part of it: docs/operations.md says what to do"
    ]


def test_platform_that_does_not_run_is_told_with_how_to_start_it(settings: LaunchSettings) -> None:
    assert whether_it_runs(settings) == (
        f"平台没有运行（数据目录 {settings.data_dir}）：用 yima up --detach 启动"
        " · the platform is not running: start it with yima up --detach"
    )


def test_running_platform_is_told_with_where_it_is(settings: LaunchSettings) -> None:
    settings.data_dir.mkdir()
    ProcessRecord.of(os.getpid()).write(settings.data_dir / "process.json")

    starting = whether_it_runs(settings)
    write_ready(settings.data_dir, Ready("127.0.0.1", settings.port, "GATE"))
    started = whether_it_runs(settings)

    assert starting.startswith("平台正在启动或停止")
    assert started == f"平台正在运行：http://127.0.0.1:{settings.port} · the platform runs there"


def test_doctor_finds_nothing_wrong_with_a_platform_that_is_down_and_says_that_it_is(
    settings: LaunchSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    jars.jars_directory().mkdir(parents=True)
    doctor = CliRunner(env={"YIMA_DATA_DIR": str(settings.data_dir), "YIMA_PORT": str(settings.port)})

    said, for_machines = doctor.invoke(app, ["doctor"]), doctor.invoke(app, ["doctor", "--json"])

    assert (said.exit_code, for_machines.exit_code) == (0, 0)
    assert [line[:6] for line in said.stdout.splitlines()] == ["✓ 未发现问", "· 平台没有"]
    assert json.loads(for_machines.stdout) == {
        "running": False,
        "where": None,
        "asked": [],
        "findings": [],
        "not_looked_at": [],
    }
