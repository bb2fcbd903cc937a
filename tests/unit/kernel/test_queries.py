"""SQL by name: found, and refused when a file says it wrongly."""

from pathlib import Path

import pytest

from shared.kernel.queries import Queries, QueryFileError, written_in


def load(folder: Path, **files: str) -> Queries:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return Queries.load(folder)


def test_query_is_found_by_its_name_without_its_semicolon(tmp_path: Path) -> None:
    queries = load(tmp_path, cases="-- name: open_cases\n-- Those still open.\nSELECT 1;\n")

    assert dict(queries) == {"open_cases": "-- Those still open.\nSELECT 1"}


def test_files_of_a_folder_are_one_collection(tmp_path: Path) -> None:
    queries = load(tmp_path, a="-- name: one\n-- One.\nSELECT 1;\n", b="-- name: two\n-- Two.\nSELECT 2;\n")

    assert sorted(queries) == ["one", "two"]


def test_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=r"b\.sql: one stands twice"):
        load(tmp_path, a="-- name: one\n-- One.\nSELECT 1;\n", b="-- name: one\n-- One.\nSELECT 2;\n")


def test_query_without_a_line_of_purpose_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=r"a\.sql: one has no line of purpose"):
        load(tmp_path, a="-- name: one\nSELECT 1;\n")


def test_unknown_name_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        load(tmp_path)["none"]


def test_what_is_absent_or_yes_or_no_is_written_into_a_query_and_the_rest_is_passed() -> None:
    query = "SELECT $1::text IS NULL OR a = $1, $2 AND b = $3, $12, $3"
    values = [None, True, "c", *[None] * 8, 7]

    assert written_in(query, values) == ("SELECT NULL::text IS NULL OR a = NULL, true AND b = $1, $2, $1", ["c", 7])
