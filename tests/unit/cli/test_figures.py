"""What `yima rebuild figures` says while it works."""

import pytest

from services.cli.figures import Telling
from shared.kernel.rebuild import RebuildProgress

STEPS = 48


def lines_of(seconds_a_step: float, capsys: pytest.CaptureFixture[str], *, gathered: int = 0) -> list[str]:
    now = 100.0
    telling = Telling(seconds=lambda: now)
    for done in range(1, gathered + 1):
        telling(RebuildProgress(done, gathered, 0.0))
    for step in range(1, STEPS + 1):
        now += seconds_a_step
        telling(RebuildProgress(gathered, gathered, 0.0, step, STEPS))
    return capsys.readouterr().err.splitlines()


def test_steps_that_take_no_time_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = lines_of(0.001, capsys)

    assert "1/48" in line


def test_what_is_gathered_is_told_each_time_and_steps_after_it_once_a_second(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert len(lines_of(0.001, capsys, gathered=3)) == 3
    assert len(lines_of(0.5, capsys, gathered=3)) == 3 + STEPS // 2
