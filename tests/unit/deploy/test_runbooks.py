"""The runbooks' commands: each exists as it is written, and README says how it is typed in each way of running."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import split
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from services.cli import app

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "runbooks"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
COMMANDS: Any = typer.main.get_command(app)
COMPOSED: set[str] = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"].keys() | {"SERVICE"}
MANIFESTS = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy" / "k8s").rglob("*.yaml"))
# By the alert's page alone, whichever way the platform runs.
HOW = "[how](README.md#how-commands-are-typed)"


def prompted(page: str) -> Iterator[str]:
    """The lines to type, of blocks that a person copies; what was tried once stands in others."""
    for block in re.findall(r"```console\n(.*?)```", page, flags=re.DOTALL):
        for line in re.findall(r"^\$ (.+)$", block, flags=re.MULTILINE):
            yield re.split(r"\s{2,}# ", line)[0].strip()


def mentioned(page: str) -> Iterator[str]:
    """Commands of ours in running text."""
    yield from re.findall(r"`(yima [^`]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL).replace("\n", " "))


def lines() -> list[Any]:
    found = [(page, line) for page in PAGES for line in prompted(page.read_text(encoding="utf-8"))]
    return [pytest.param(line, id=f"{page.stem}: {line[:40]}") for page, line in found]


def parts(line: str) -> Sequence[str]:
    """The commands of a line: one after the other, or the first of those that read from each other."""
    outside_quotes = re.sub(r"'[^']*'|\"[^\"]*\"", lambda quoted: quoted[0].replace(";", " ").replace("|", " "), line)
    return [part.split("|")[0].strip() for part in outside_quotes.split(";")]


def rows() -> dict[str, tuple[str, str]]:
    """What a command begins with, and how that is typed by compose and on Kubernetes."""
    table = [line.strip("|").split(" | ") for line in README.splitlines() if line.startswith("| `")]
    told = {}
    for row in (row for row in table if len(row) == 3 and not row[0].startswith(" `Yima")):
        for beginning in re.findall(r"`([^`]+)`", row[0]):
            told[beginning] = (row[1], row[2])
    return told


def typed_as(command: str) -> tuple[str, str] | None:
    """The row of the longest beginning."""
    fitting = [beginning for beginning in rows() if f"{command} ".startswith(beginning)]
    return rows()[max(fitting, key=len)] if fitting else None


def parsed(words: Sequence[str], file: Path, *, in_full: bool = True) -> str:
    """The command's name, after the command line's own parser has taken what follows. A mention may be a name alone."""
    command, path = COMMANDS, "yima"
    rest = [str(file) if word == "FILE" else word for word in words]
    while hasattr(command, "commands") and rest:
        name = rest.pop(0)
        assert name in command.commands, f"{path} {name}"
        command, path = command.commands[name], f"{path} {name}"
    if in_full or rest:
        command.make_context(path, rest)
    return path


@pytest.mark.parametrize("line", lines())
def test_every_line_says_how_it_is_typed_in_each_way_of_running(line: str) -> None:
    untold = [part for part in parts(line) if typed_as(part) is None]

    assert untold == []


@pytest.mark.parametrize("line", [line for line in lines() if "yima " in str(line.values[0])])
def test_every_line_of_ours_is_taken_by_the_command_line(line: str, tmp_path: Path) -> None:
    (tmp_path / "district.yaml").touch()

    for part in parts(line):
        words = split(part)
        if words[0] == "yima":
            parsed(words[1:], tmp_path / "district.yaml")


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda page: page.stem)
def test_every_command_of_ours_that_is_mentioned_exists_and_has_its_way(page: Path, tmp_path: Path) -> None:
    (tmp_path / "district.yaml").touch()

    for command in mentioned(page.read_text(encoding="utf-8")):
        words = split(command.replace("…", "WORD"))[1:]
        path = parsed(words, tmp_path / "district.yaml", in_full=False)
        assert typed_as(path) or any(beginning.startswith(path) for beginning in rows()), path


@pytest.mark.parametrize("beginning", [each for each in rows() if each.startswith("yima ")])
def test_every_beginning_of_ours_is_a_command(beginning: str) -> None:
    group = COMMANDS
    for word in beginning.split()[1:]:
        assert word in group.commands
        group = group.commands[word]


def named(group: Any, path: str) -> Iterator[str]:
    """Every command below, by its whole name."""
    for name, command in group.commands.items():
        yield from named(command, f"{path} {name}") if hasattr(command, "commands") else [f"{path} {name}"]


def test_every_command_of_ours_says_how_it_is_typed_but_those_that_a_deployment_starts_or_has_no_use_for() -> None:
    untold = {path for path in named(COMMANDS, "yima") if typed_as(path) is None}

    assert untold == {"yima serve", "yima fetch", "yima demo"}


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda page: page.stem)
def test_every_container_that_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8").replace("\n", " ")

    composed = set(re.findall(r"docker compose (?:exec|run --rm(?: -T| --\S+ \S+)*|restart) ([\w-]+)", text))
    deployed = set(re.findall(r"deploy/(\w+-(?:web|consumers|relay))", text)) - {"SERVICE-web"}

    assert composed <= COMPOSED
    assert {name for name in deployed if f"name: {name}\n" not in MANIFESTS} == set()
    assert "job/ops" not in text or "kind: CronJob\nmetadata:\n  name: ops\n" in MANIFESTS


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "backup-old"], ids=lambda page: page.stem)
def test_every_page_leads_to_how_its_commands_are_typed(page: Path) -> None:
    assert HOW in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if "$ psql " in page.read_text("utf-8")], ids=lambda page: page.stem
)
def test_a_page_with_psql_says_what_comes_before_it_on_one_machine(page: Path) -> None:
    assert "two `export` lines come before `psql`" in page.read_text(encoding="utf-8").partition("```console")[0]
    assert re.findall(r"^\$ export PG\w+", README, flags=re.MULTILINE) == ["$ export PGHOST", "$ export PGPASSWORD"]


def test_commands_of_the_owner_are_typed_where_the_owner_s_account_is() -> None:
    owners = {typed_as(f"yima {words}") for words in ("parked list", "kpi", "rebuild figures", "republish", "erase 1")}

    assert owners == {typed_as("yima doctor")}
    [told] = owners
    assert told is not None
    assert ("run --rm ops" in told[0], "exec -it job/ops" in told[1]) == (True, True)
