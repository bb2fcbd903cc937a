"""The platform as a person starts it: in a process of its own, stopped by Ctrl-C or `yima down`, its data kept."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from services.cli.settings import CHECKOUT
from shared.embedded.processes import free_port

START_SECONDS_MAX = 60


class Commands:
    """The `yima` command on one data directory."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self._environment = os.environ | {"YIMA_DATA_DIR": str(data_dir), "YIMA_PORT": str(port)}

    def with_setting(self, name: str, value: str) -> "Commands":
        self._environment[name] = value
        return self

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *words],
            cwd=CHECKOUT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS_MAX,
            check=False,
        )

    def in_foreground(self, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "services.cli", "up", "--json", *options],
            cwd=CHECKOUT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return shown


@pytest.fixture
def yima(server_home: Path) -> Iterator[Commands]:
    commands = Commands(server_home, free_port())
    yield commands
    commands.run("down")


@pytest.mark.long
def test_platform_in_the_background_is_shown_refuses_a_second_start_and_stops(yima: Commands) -> None:
    started = yima.run("up", "--detach", "--json")

    shown = yima.status()
    second = yima.run("up")
    migrated = yima.run("migrate")
    alive = httpx2.get(f"{yima.origin}/healthz")
    stopped = yima.run("down")

    assert json.loads(started.stdout)["origin"] == yima.origin
    assert [process["name"] for process in shown["processes"]] == ["yima", "kafka", "postgres"]
    assert second.returncode == 1
    assert second.stderr.startswith("✗ 平台已在运行")
    assert migrated.stderr == second.stderr
    assert alive.status_code == 200
    assert stopped.returncode == 0
    assert stopped.stderr.startswith("… 正在停止服务")
    assert yima.status() == {"running": False, "processes": []}
    assert not (yima.data_dir / "welcome").exists()


@pytest.mark.long
def test_start_in_the_foreground_shows_its_progress_and_keeps_its_log_in_the_data_directory(yima: Commands) -> None:
    with yima.in_foreground() as first:
        _read_welcome(first)
        first.send_signal(signal.SIGINT)
        _, shown = first.communicate(timeout=START_SECONDS_MAX)
    log = yima.data_dir / "log"

    assert [line for line in shown.splitlines() if not line.startswith(("… ", "✓ ", "正在停止"))] == []
    assert "migrated" in {json.loads(line)["event"] for line in log.read_text().splitlines()}
    assert log.stat().st_mode & 0o777 == 0o600


@pytest.mark.long
def test_whole_log_is_shown_to_who_asks_for_it(yima: Commands) -> None:
    with yima.in_foreground("--verbose") as first:
        _read_welcome(first)
        first.send_signal(signal.SIGINT)
        _, shown = first.communicate(timeout=START_SECONDS_MAX)

    assert "migrated" in {json.loads(line)["event"] for line in shown.splitlines() if line.startswith("{")}


@pytest.mark.long
def test_interrupt_stops_everything_and_the_next_start_keeps_the_data(yima: Commands) -> None:
    with yima.in_foreground() as first:
        _read_welcome(first)
        before = yima.status()["processes"]
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=START_SECONDS_MAX)
    clusters = (yima.data_dir / "kafka" / "data" / "meta.properties").read_text()

    second = yima.run("up", "--detach")

    assert first.returncode == 0
    assert [psutil.pid_exists(process["pid"]) for process in before] == [False, False, False]
    assert second.returncode == 0
    assert (yima.data_dir / "kafka" / "data" / "meta.properties").read_text() == clusters


@pytest.mark.long
def test_launcher_that_was_killed_leaves_stores_that_doctor_names_and_down_stops(yima: Commands) -> None:
    with yima.in_foreground() as launcher:
        _read_welcome(launcher)
        launcher.kill()
        launcher.communicate(timeout=START_SECONDS_MAX)

    found = json.loads(yima.run("doctor", "--json").stdout)["findings"]
    stopped = yima.run("down")

    assert [finding["check"] for finding in found] == ["left_over", "left_over"]
    assert stopped.returncode == 0
    assert yima.status() == {"running": False, "processes": []}


@pytest.mark.long
def test_taken_port_is_said_before_anything_is_started(yima: Commands) -> None:
    with socket.create_server(("127.0.0.1", yima.port)):
        refused = yima.run("up")

    assert refused.returncode == 1
    assert refused.stderr.startswith("✗ 端口被占用")
    assert not (yima.data_dir / "postgres").exists()


@pytest.mark.long
def test_migrating_starts_the_stores_and_stops_them_again(yima: Commands) -> None:
    migrated = yima.run("migrate", "--json")

    assert "accounts" in json.loads(migrated.stdout)
    assert yima.status() == {"running": False, "processes": []}


@pytest.mark.long
def test_stopping_what_does_not_run_is_done_already_and_says_so(yima: Commands) -> None:
    said, for_machines = yima.run("down"), yima.run("down", "--json")

    assert (said.returncode, for_machines.returncode) == (0, 0)
    assert said.stdout == "✓ 没有在运行，无需停止 · nothing is running\n"
    assert json.loads(for_machines.stdout) == {"stopped": False, "running": False}


@pytest.mark.long
def test_wrong_setting_is_named_by_every_command(yima: Commands) -> None:
    mistaken = yima.with_setting("YIMA_PORT", "eighty")

    refusals = [mistaken.run(command).stderr for command in ("up", "down", "status", "doctor")]

    assert [refusal.count("\n") for refusal in refusals] == [1, 1, 1, 1]
    assert {refusal.split("（")[0] for refusal in refusals} == {"✗ 设置无效，括号里是可用的值：YIMA_PORT"}


@pytest.mark.long
def test_every_command_explains_itself_with_an_example(yima: Commands) -> None:
    helps = {
        command: yima.run(command, "--help").stdout
        for command in ("up", "down", "status", "doctor", "migrate", "fetch")
    }

    assert [command for command, text in helps.items() if f"example: yima {command}" not in text] == []


def _read_welcome(launcher: subprocess.Popen[str]) -> dict[str, Any]:
    """Blocks until the platform is ready, since the welcome is the first and only thing on its output."""
    assert launcher.stdout is not None
    lines = iter(launcher.stdout.readline, "")
    text = ""
    for line in lines:
        text += line
        if line == "}\n":
            break
    assert text, launcher.communicate(timeout=START_SECONDS_MAX)
    welcome: dict[str, Any] = json.loads(text)
    return welcome
