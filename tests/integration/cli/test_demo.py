"""`yima demo` on a platform as a newcomer starts it: the pilot's month and one live ticket, as often as one likes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.embedded.processes import free_port
from tests.integration.cli.test_up_and_down import Commands


@pytest.fixture
def yima(server_home: Path) -> Iterator[Commands]:
    commands = Commands(server_home, free_port())
    yield commands
    commands.run("down")


@pytest.mark.long
def test_the_demo_shows_the_pilots_month_and_carries_a_ticket_to_its_rating(yima: Commands) -> None:
    yima.run("up", "--detach")

    first, second = (steps_of(yima) for _ in range(2))
    figures = json.loads(yima.run("kpi", "--month", "2026-04", "--json").stdout)["total"]

    assert list(first) == [
        "month",
        "before",
        "scanned",
        "receipt",
        "assigned",
        "inbox",
        "accepted",
        "resolved",
        "closed",
        "asked",
        "rated",
        "after",
    ]
    assert (figures["received"], figures["handling_rate"]["per_cent"]) == (47, 100.0)
    assert first["month"]["zh"].startswith("试点月份（2026 年 4 月）已导入 47 件")
    assert second["month"]["zh"].startswith("试点月份（2026 年 4 月）已导入 0 件，此前已有 47 件")
    assert [steps["after"]["figures"]["satisfaction"]["numerator"] for steps in (first, second)] == [1, 2]


@pytest.mark.long
def test_the_demo_needs_a_running_platform(yima: Commands) -> None:
    refused = yima.run("demo")

    assert refused.returncode == 1
    assert refused.stderr == "✗ 平台没有运行：请先 yima up · not running: start it with yima up\n"


def steps_of(yima: Commands) -> dict[str, Any]:
    """What one demo tells, by the step."""
    played = yima.run("demo", "--json", "--speed", "1000")
    assert played.returncode == 0, played.stderr
    return {step["step"]: step for step in json.loads(played.stdout)["steps"]}
