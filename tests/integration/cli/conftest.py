"""One platform that runs while commands are tried on it, as an operator types them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.embedded.processes import free_port
from tests.integration.cli.test_up_and_down import Commands


@pytest.fixture(scope="session")
def running(platform_home: Path) -> Iterator[Commands]:
    commands = Commands(platform_home, free_port())
    started = commands.run("up", "--detach")
    assert started.returncode == 0, started.stderr
    yield commands
    commands.run("down")


def answer(running: Commands, *words: str) -> dict[str, Any]:
    answered: dict[str, Any] = json.loads(running.run(*words, "--json").stdout)
    return answered
