"""The tables of what was measured are what was kept: nobody corrects a number by hand."""

import json
from pathlib import Path

from bench import scale_document
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
