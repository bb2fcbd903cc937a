"""Files of many rows: whatever a cell holds it comes back, is never computed, and a sheet that is full has a next."""

import csv
from datetime import datetime
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from services.reporting.adapters.exports import Kind, opened_table, workbook
from services.reporting.adapters.sheets import harmless

HEAD = ("ticket", "opened_at")
MORNING = datetime(2026, 4, 14, 9, 0)  # noqa: DTZ001 - what a clock in Shanghai showed
COMPUTED = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\t1"),
    # Wide and small signs, and what stands before a sign unseen.
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1", " =1+1", "\u3000＝1", "\u200b=1", "\ufeff-1", " \n @A1"),
)
HARMLESS = ("", " ", "物业", "1+1", "东门=西门", "'=1+1", "（=1）", "　绿化")


def cells_of_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened))


def test_a_date_cell_shows_whose_clock_it_was(tmp_path: Path) -> None:
    with opened_table(Kind.XLSX, tmp_path / "file.xlsx", HEAD) as write:
        write([("", MORNING)])

    with ZipFile(tmp_path / "file.xlsx") as book:
        looks = unescape(book.read("xl/styles.xml").decode())

    assert 'formatCode="yyyy-mm-dd hh:mm:ss"+08:00""' in looks


@pytest.mark.parametrize("text", COMPUTED)
def test_nothing_that_is_written_is_a_formula(tmp_path: Path, text: str) -> None:
    for kind in (Kind.CSV, Kind.XLSX):
        with opened_table(kind, tmp_path / f"file.{kind}", HEAD) as write:
            write([(text, MORNING)])

    assert cells_of_csv(tmp_path / "file.csv") == [[*HEAD], [f"'{text}", "2026-04-14 09:00:00.000+08:00"]]
    [_, row] = CalamineWorkbook.from_path(tmp_path / "file.xlsx").get_sheet_by_index(0).to_python()
    assert row == [text, MORNING]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_no_spreadsheet_would_compute_is_left_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_full_sheet_is_followed_by_another(tmp_path: Path) -> None:
    with workbook(tmp_path / "file.xlsx", HEAD, rows_max=3) as write:
        write([(str(number), MORNING) for number in range(5)])

    book = CalamineWorkbook.from_path(tmp_path / "file.xlsx")
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert [[row[0] for row in sheet] for sheet in sheets] == [
        ["ticket", "0", "1"],
        ["ticket", "2", "3"],
        ["ticket", "4"],
    ]
