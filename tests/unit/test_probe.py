"""A container's own look at its service: what it prints for people, and the exit code that health checks read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.embedded.processes import free_port
from shared.testing.answering import answering

ROOT = Path(__file__).parents[2]
NOT_READY = '{"status":"not ready","troubles":{"routing":{"relay":"KafkaConnectionError"}}}'


def probe(path: str, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shared.probe", path], cwd=ROOT, env=os.environ | {"YIMA_PORT": str(port)},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_probe_prints_what_the_service_says_and_exits_as_health_checks_read_it(status: int, code: int) -> None:
    with answering(NOT_READY, status=status) as port:
        asked = probe("readyz", port)

    assert (asked.returncode, asked.stdout) == (code, f"{NOT_READY}\n")


def test_probe_says_that_nothing_answers() -> None:
    port = free_port()

    asked = probe("healthz", port)

    assert (asked.returncode, asked.stdout) == (1, f"nothing answers at 127.0.0.1:{port}: ConnectionRefusedError\n")
