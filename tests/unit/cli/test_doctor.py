"""Each thing that can be wrong is found, and said with what to do."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.doctor import (
    clock_plausible,
    data_directories,
    examine,
    first_download,
    left_over_processes,
    port_free,
    python_version,
)
from services.cli.settings import LaunchSettings
from shared.embedded import jars
from shared.embedded.processes import ProcessRecord, free_port
from shared.kernel.clock import SetClock

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

    assert examine(settings, NOON) == []
