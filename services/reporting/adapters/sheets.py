"""Tables as files that people open in a spreadsheet: no cell of them is ever computed."""

import csv
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from services.reporting.domain.circular import Cell, Table

# A spreadsheet takes a cell that begins so for a formula, and a name in a district file or an import may begin so.
COMPUTED = ("=", "+", "-", "@")
# Read away by some before they look for a formula, so that what begins with them may begin with anything.
BREAKS = ("\t", "\r", "\n")
# Spreadsheets that do not know UTF-8 by themselves show Chinese by it.
WITH_MARK = "utf-8-sig"


def harmless(cell: Cell) -> Cell:
    """A text that would be computed, with the mark before it by which it is a text."""
    return f"'{cell}" if isinstance(cell, str) and _is_computed(cell) else cell


def _is_computed(text: str) -> bool:
    """Whether some spreadsheet may: those made for Chinese take the wide signs (`＝１＋１`) as well."""
    first = next((letter for letter in text if not _is_unseen(letter)), "")
    return text.startswith(BREAKS) or unicodedata.normalize("NFKC", first).startswith(COMPUTED)


def _is_unseen(letter: str) -> bool:
    """A blank, or what shows nothing at all: a control character, a mark of direction or of byte order."""
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")


def write_csv(path: Path, table: Table) -> None:
    """One table, its head first."""
    with path.open("w", encoding=WITH_MARK, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.head)
        writer.writerows([harmless(cell) for cell in row] for row in table.rows)


def write_xlsx(path: Path, title: str, tables: Sequence[Table]) -> None:
    """A sheet a table. Texts are written as texts, whatever they begin with."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True})
        for table in tables:
            sheet = book.add_worksheet(table.title.split()[0][:31])
            sheet.write_string(0, 0, f"{title} {table.title}", bold)
            sheet.write_string(1, 0, table.note)
            sheet.write_row(2, 0, table.head, bold)
            sheet.set_column(0, len(table.head) - 1, 24)
            sheet.freeze_panes(3, 1)
            for number, row in enumerate(table.rows, 3):
                sheet.write_row(number, 0, row, wrapped)
