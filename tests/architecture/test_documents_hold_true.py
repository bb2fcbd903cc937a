"""What the documents tell people to type exists, and what they point at is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from services.cli import app
from services.cli.settings import known_settings
from services.intake import app as intake
from services.notify import app as notify
from services.reporting import app as reporting
from services.routing import app as routing

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    file
    for pattern in (
        "*.md",
        "docs/*.md",
        "docs/adr/*.md",
        "docs/operations/*.md",
        "docs/runbooks/*.md",
        "districts/**/*.md",
    )
    for file in ROOT.glob(pattern)
    if file.name != "CHANGELOG.md"
)
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
WRITTEN_BY_BENCH = {"bench/results.json"}
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", flags=re.DOTALL)
WORD = re.compile(r"[a-z][a-z-]*")


def code_in(document: Path) -> Iterator[str]:
    """Every line that stands in code marks, without a prompt and what is said behind it."""
    for block, span in CODE.findall(document.read_text(encoding="utf-8")):
        for line in (block or span).splitlines():
            yield line.strip().removeprefix("$ ").split(" #")[0]


def typed(document: Path, program: str) -> Iterator[list[str]]:
    """The words after a program's name, each time that it is typed."""
    for line in code_in(document):
        for part in re.split(r"&&|\||;", line):
            words = part.split()
            while words and "=" in words[0]:
                words.pop(0)
            if words and words[0].rsplit("/", 1)[-1] == program:
                yield words[1:]


def what_is_wrong(command: Any, words: list[str]) -> str | None:
    """Follows the words down the commands; the rest must be options that the last command has."""
    while hasattr(command, "commands") and words and WORD.fullmatch(words[0]):
        if words[0] not in command.commands:
            return f"no command {words[0]}"
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in options]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = {word for words in typed(document, "make") for word in words if WORD.fullmatch(word)}

    assert named - TARGETS == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_command_of_yima_that_is_named_exists(document: Path) -> None:
    yima = typer.main.get_command(app)

    wrong = {" ".join(words): what_is_wrong(yima, list(words)) for words in typed(document, "yima")}

    assert {words: why for words, why in wrong.items() if why} == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_file_that_is_linked_is_there(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_test_and_file_that_is_named_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    files = set(re.findall(r"`((?:bench|districts|docs|services|shared|tests)/[\w./-]+)`", text))
    tests = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))

    missing = {name for name in files - WRITTEN_BY_BENCH if not (ROOT / name).exists()}
    missing |= {name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests}

    assert missing == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_setting_that_is_named_is_read(document: Path) -> None:
    named = set(re.findall(r"\bYIMA_[A-Z_]+[A-Z]", document.read_text(encoding="utf-8")))

    assert named - known_settings() == set()


@pytest.mark.parametrize("service", [intake, routing, notify, reporting], ids=lambda service: service.NAME)
def test_operators_are_told_which_addresses_are_whose(service: Any) -> None:
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert f"| {', '.join(f'`{prefix}`' for prefix in service.PREFIXES)} | {service.NAME} |" in told


def test_every_target_of_make_explains_itself() -> None:
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()

    unexplained = [line for line in lines if re.match(r"[a-z-]+:(?!.*## .* · )", line)]

    assert unexplained == []


def test_command_with_a_misspelt_word_or_option_is_found() -> None:
    yima = typer.main.get_command(app)

    found = [what_is_wrong(yima, words) for words in (["kpi", "--year"], ["district", "chek", "x.yaml"], ["kpi"])]

    assert found == ["no option --year", "no command chek", None]
