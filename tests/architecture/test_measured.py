"""The tables of what was measured are what was kept: nobody corrects a number by hand."""

import json
import subprocess
from pathlib import Path

import pytest

from bench import machine, scale_document
from bench.results import table

ROOT = Path(__file__).parents[2]
KEPT = {each["name"]: each for each in json.loads((ROOT / "bench" / "results.json").read_text(encoding="utf-8"))}


def between(document: str, name: str) -> str:
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    return text.partition(f"<!-- {name} begin -->\n")[2].partition(f"<!-- {name} end -->\n")[0]


def test_tables_of_results_are_what_was_kept() -> None:
    others = [each for name, each in KEPT.items() if not scale_document.belongs(name)]

    assert between("performance.md", "results") == table(others)


def test_tables_of_scale_are_what_was_kept() -> None:
    tables = scale_document.tables(KEPT)

    assert {name: between("operations/scale.md", name) for name in tables} == tables


def edition() -> str:
    machine.commit.cache_clear()
    told = machine.commit()
    machine.commit.cache_clear()
    return told


def test_what_a_run_keeps_makes_no_other_edition_of_what_the_next_run_measures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in (*machine.KEPT, "code.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -q -m first"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    monkeypatch.setattr(machine, "CHECKOUT", tmp_path)

    clean = edition()
    for file in machine.KEPT:
        (tmp_path / file).write_text("measured", encoding="utf-8")
    kept = edition()
    (tmp_path / "code.py").write_text("changed", encoding="utf-8")
    changed = edition()

    assert not clean.endswith("+")
    assert (kept, changed) == (clean, f"{clean}+")


def test_what_changes_while_it_is_measured_makes_no_other_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("init -q", "-c user.name=a -c user.email=a@b commit -q --allow-empty -m first"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    monkeypatch.setattr(machine, "CHECKOUT", tmp_path)
    machine.commit.cache_clear()

    first = machine.commit()
    (tmp_path / "code.py").touch()
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    second = machine.commit()
    machine.commit.cache_clear()

    assert second == first
