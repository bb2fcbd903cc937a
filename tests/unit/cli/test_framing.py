"""A command's help is in both languages from head to foot, whichever command it is."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from services.cli import app

# Wide enough that nothing is broken over two lines.
WIDE = CliRunner(env={"COLUMNS": "400", "TERMINAL_WIDTH": "400"})
# What the framework says by itself, where nobody gave it other words.
ENGLISH = ("─ Options ─", "─ Arguments ─", "─ Commands ─", "Show this message", "[required]", "[default:", "\n Usage:")


def every_command(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from every_command(below, *path, name)


COMMANDS = dict(every_command(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: " ".join(("yima", *path)))
def test_every_help_says_in_both_languages_what_stands_where(path: tuple[str, ...]) -> None:
    told = WIDE.invoke(app, [*path, "--help"]).stdout

    assert [words for words in ENGLISH if words in told] == []
    assert "用法 · Usage: " in told
    assert "选项 · Options" in told
    assert "显示这些说明 · show this help" in told
    assert ("命令 · Commands" in told) == hasattr(COMMANDS[path], "commands")


def test_what_must_be_given_and_what_is_taken_otherwise_is_said_in_both() -> None:
    kpi, erase = (WIDE.invoke(app, [command, "--help"]).stdout for command in ("kpi", "erase"))

    assert "[必填 · required]" in kpi
    assert "[默认 · default: community]" in kpi
    assert "参数 · Arguments" in erase


def test_a_group_that_is_asked_for_nothing_shows_the_same_help() -> None:
    assert "命令 · Commands" in WIDE.invoke(app, ["district"]).stdout
