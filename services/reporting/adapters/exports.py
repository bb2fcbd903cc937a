"""Tickets as files for who goes on counting elsewhere, written piece by piece: CSV, a workbook, Parquet.

The memory that a file needs does not grow with its rows. No cell is ever computed by a spreadsheet.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import xlsxwriter

from services.reporting.adapters.columns import Rows, Value, Write, is_moment
from services.reporting.adapters.sheets import WITH_MARK, harmless

AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A sheet holds no more rows than this; its head is one of them.
SHEET_ROWS_MAX = 1_048_576
MOMENT_WIDTH, TEXT_WIDTH = 25, 14
# A date cell has no zone, so its looks say it. It is always the same: China has one time, no summer time since 1991.
OFFSET = "+08:00"
ZONED = f'yyyy-mm-dd hh:mm:ss"{OFFSET}"'


class Kind(StrEnum):
    """What tickets are exported as."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class ParquetNotInstalledError(Exception):
    """Parquet is asked for, and what writes it is not installed."""


def opened_table(kind: Kind, path: Path, columns: Sequence[str]) -> AbstractContextManager[Write]:
    """A file of these columns to write rows to; those whose name ends in `_at` hold what clocks in Shanghai showed.

    Raises:
        ParquetNotInstalledError: the extra that writes it is not there.
    """
    match kind:
        case Kind.CSV:
            return _csv(path, columns)
        case Kind.XLSX:
            return workbook(path, columns)
        case Kind.PARQUET:
            return _parquet_table()(path, columns)


def _parquet_table() -> Callable[[Path, Sequence[str]], AbstractContextManager[Write]]:
    try:
        from services.reporting.adapters.parquet import parquet_table
    except ImportError:
        raise ParquetNotInstalledError from None
    return parquet_table


@contextmanager
def _csv(path: Path, columns: Sequence[str]) -> Iterator[Write]:
    with path.open("w", encoding=WITH_MARK, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        yield lambda rows: writer.writerows([_as_text(value) for value in row] for row in rows)


def _as_text(value: Value) -> str | None:
    return f"{value.isoformat(' ', 'milliseconds')}{OFFSET}" if isinstance(value, datetime) else _harmless_text(value)


def _harmless_text(text: str | None) -> str | None:
    safe = harmless(text)
    return None if safe is None else str(safe)


@contextmanager
def workbook(path: Path, columns: Sequence[str], *, rows_max: int = SHEET_ROWS_MAX) -> Iterator[Write]:
    """A workbook to write rows to, of as many sheets as they need; rows wait in files beside it until it is closed."""
    # What is broken off is never closed, and so never put together.
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": ZONED}
    book = xlsxwriter.Workbook(str(path), options | AS_TEXT)
    sheets = _sheets(book, columns)
    sheet, used = next(sheets), 1

    def write(rows: Rows) -> None:
        nonlocal sheet, used
        for row in rows:
            if used == rows_max:
                sheet, used = next(sheets), 1
            sheet.write_row(used, 0, row)
            used += 1

    yield write
    book.close()


def _sheets(book: Any, columns: Sequence[str]) -> Iterator[Any]:
    bold = book.add_format({"bold": True})
    while True:
        sheet = book.add_worksheet()
        for number, column in enumerate(columns):
            sheet.set_column(number, number, MOMENT_WIDTH if is_moment(column) else TEXT_WIDTH)
        sheet.freeze_panes(1, 2)
        sheet.write_row(0, 0, columns, bold)
        yield sheet
