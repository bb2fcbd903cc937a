"""The image: all that it is made of reaches its builder, and nothing else does."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
PATTERNS = [
    line.strip()
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


def copied() -> Iterator[str]:
    """What the Dockerfile takes from the tree that the builder was sent."""
    for line in DOCKERFILE.replace("\\\n", " ").splitlines():
        instruction, *words = line.split() or [""]
        if instruction in ("COPY", "ADD") and not any(word.startswith("--from=") for word in words):
            yield from [word for word in words if not word.startswith("--")][:-1]


def expression(pattern: str) -> str:
    """A pattern as the builder reads it: `*` within a name, `**` across folders, also none."""
    parts = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(parts.get(part, re.escape(part)) for part in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern))


def reaches_the_builder(path: str) -> bool:
    """By the last pattern that is about it or about a folder that it is in."""
    within = [path, *map(str, PurePosixPath(path).parents)]
    sent = True
    for pattern in PATTERNS:
        plain = expression(pattern.removeprefix("!").strip("/"))
        if any(re.fullmatch(plain, each) for each in within):
            sent = pattern.startswith("!")
    return sent


def files_of(source: str) -> Iterator[str]:
    found = ROOT / source
    for path in sorted(found.rglob("*")) if found.is_dir() else [found]:
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix()


def test_linter_finds_nothing_in_the_dockerfile() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).parent / "hadolint"), "deploy/Dockerfile"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.parametrize("source", sorted(set(copied())))
def test_all_that_is_copied_is_there_and_reaches_the_builder(source: str) -> None:
    files = list(files_of(source))

    assert files
    assert [path for path in files if not reaches_the_builder(path)] == []


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", ".yima/secrets.json", ".venv/bin/python", "deploy/secrets/platform.json",
        "requirements/dev.lock.txt", "services/__pycache__/app.pyc", "services/cli/__pycache__/app.pyc",
        "shared/left.pyc", "tests/unit/test_x.py",
    ],
)  # fmt: skip
def test_nothing_else_does(path: str) -> None:
    assert not reaches_the_builder(path)
