"""Files of other systems' history, read a line at a time: CSV in UTF-8 or GB18030, XLSX, JSON Lines."""

import codecs
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from python_calamine import CalamineError, CalamineWorkbook
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.intake.domain.errors import (
    ColumnRepeatedError,
    Fault,
    ImportFileDamagedError,
    ImportFileEmptyError,
    ImportFileUnreadableError,
    ImportSeparatorError,
    MappingEmptyError,
    MappingNotValidError,
)
from services.intake.domain.history import HistoryMapping

CHUNK_BYTES = 1024 * 1024
# The longest text that we keep is far below; Python's own limit is not.
CSV_FIELD_CHARACTERS_MAX = 1_000_000
UTF_8 = "utf-8-sig"
GB18030 = "gb18030"
SPREADSHEET = ".xlsx"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
UTF_16_ENCODINGS = ("utf-16-le", "utf-16-be")
# One of them stands in the first kilobyte of whatever is read here as text.
SIGNS_OF_TEXT = frozenset(",;\t\n{")
SAMPLE_BYTES = 1024
# What other programs write between columns, and call CSV as well.
OTHER_SEPARATORS = ("\t", ";")
# What pydantic puts before the words of our own validators.
VALIDATOR_PREFIX = "Value error, "
# The first character that UTF-8 writes in three bytes; Chinese ones all lie beyond it.
FIRST_OF_THREE_BYTES = "\u0800"


class Unreadable(StrEnum):
    """Why a file can not be read, where more can be said than that: the error's second argument."""

    UTF_16 = "utf_16"
    # Followed by the line on which the quotation begins, and the last one that it holds.
    QUOTATION_OPEN = "quotation_open"


@dataclass(frozen=True, slots=True)
class Line:
    """One line by its number in the file, which counts from 1 as editors do; with a fault there are no values."""

    number: int
    values: Mapping[str, Any]
    fault: Fault | None = None


class ImportFile:
    """A file that is being read. Blocking: its callers read in a thread."""

    def __init__(self, path: Path) -> None:
        """Know the file, read nothing yet."""
        self._path = path

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names in a table's head; JSON Lines have none, since each line names its own.

        Raises:
            ImportFileUnreadableError, ImportFileDamagedError, ImportFileEmptyError: there is no head to read.
            ColumnRepeatedError: two columns have one name.
            ImportSeparatorError: its columns are not separated by commas.
        """
        with self._reading():
            return self._content.columns

    @property
    def encoding(self) -> str | None:
        """In which encoding it is read, so that a person can judge; a spreadsheet says it itself.

        Raises:
            ImportFileUnreadableError, ImportFileDamagedError: in none.
        """
        return None if self._path.suffix.lower() == SPREADSHEET else encoding_of(self._path)

    def take(self, count: int) -> list[Line]:
        """The next lines, fewer at the end.

        Raises:
            ImportFileUnreadableError, ImportFileDamagedError: it is none of the formats, or damaged.
            ImportFileEmptyError: there is nothing in it.
            ColumnRepeatedError: two columns have one name.
            ImportSeparatorError: its columns are not separated by commas.
        """
        with self._reading():
            return list(islice(self._content.lines, count))

    @cached_property
    def _content(self) -> "_Content":
        return _content_of(self._path)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, UnicodeDecodeError, csv.Error, CalamineError):
            raise ImportFileUnreadableError(self._path.name) from None


@dataclass(frozen=True, slots=True)
class _Content:
    """A file that was opened: the columns of its head have been read, its lines not yet."""

    columns: tuple[str, ...] | None
    lines: Iterator[Line]


def read_mapping(path: Path | None) -> HistoryMapping:
    """The mapping file; without one, columns are called like the fields.

    Raises:
        MappingEmptyError: it says nothing.
        MappingNotValidError: it can not be read, or names fields that there are none of.
    """
    if path is None:
        return HistoryMapping()
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        if content is None:
            raise MappingEmptyError(path.name)
        return HistoryMapping.model_validate(content)
    except (OSError, UnicodeDecodeError, YAMLError):
        raise MappingNotValidError(path.name) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise MappingNotValidError(f"{path.name}: {where}: {first['msg'].removeprefix(VALIDATOR_PREFIX)}") from None


def _content_of(path: Path) -> _Content:
    if not path.stat().st_size:
        raise ImportFileEmptyError(path.name)
    match path.suffix.lower():
        case suffix if suffix == SPREADSHEET:
            return _of_xlsx(path)
        case ".jsonl" | ".ndjson":
            return _Content(None, _of_json_lines(path))
        case _:
            return _of_csv(path)


def _of_csv(path: Path) -> _Content:
    encoding = encoding_of(path)
    csv.field_size_limit(CSV_FIELD_CHARACTERS_MAX)
    _check_quotations(path, encoding)
    rows = _csv_rows(path, encoding)
    cells = next(rows, (1, []))[1]
    if len(cells) == 1 and any(separator in cells[0].strip() for separator in OTHER_SEPARATORS):
        raise ImportSeparatorError(path.name)
    head = _head(path, cells)
    return _Content(_named(head), (_line(number, head, cells) for number, cells in rows))


def _check_quotations(path: Path, encoding: str) -> None:
    """A quotation that is never closed holds every line after it, of which none would be imported or told.

    Hence before anything is read. Only a blank line after the last one shows it: the quotation would hold that as well.
    """
    with path.open(encoding=encoding, newline="") as file:
        reader, cells, before = csv.reader(chain(file, ["\n"])), list[str](), 0
        try:
            for row in reader:
                cells, before = row, reader.line_num
        except csv.Error:
            # So long a text is told as unreadable below, unless it began lines before.
            if reader.line_num > before + 1:
                raise ImportFileUnreadableError(
                    path.name, Unreadable.QUOTATION_OPEN, before + 1, reader.line_num
                ) from None
    if cells:
        last = before - 1
        held = len(StringIO(cells[-1][:-1], newline="").readlines())
        raise ImportFileUnreadableError(path.name, Unreadable.QUOTATION_OPEN, last - max(held, 1) + 1, last)


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with its line's number."""
    with path.open(encoding=encoding, newline="") as file:
        reader, before = csv.reader(file), 0
        for cells in reader:
            # A quoted text may run over many lines; the number is that of its first.
            number, before = before + 1, reader.line_num
            if cells:
                yield number, cells


def _of_xlsx(path: Path) -> _Content:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    head = _head(path, next(rows, []))
    filled = ((number, cells) for number, cells in enumerate(rows, 2) if any(cell != "" for cell in cells))
    return _Content(_named(head), (Line(number, dict(zip(head, cells, strict=False))) for number, cells in filled))


def _of_json_lines(path: Path) -> Iterator[Line]:
    with path.open(encoding=encoding_of(path)) as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                yield _json_line(number, text)


def _json_line(number: int, text: str) -> Line:
    try:
        values = json.loads(text, object_pairs_hook=_once_each)
    except ColumnRepeatedError:
        return Line(number, {}, Fault.COLUMN_REPEATED)
    except (ValueError, RecursionError):
        values = None
    return Line(number, values) if isinstance(values, dict) else Line(number, {}, Fault.NOT_JSON)


def _head(path: Path, cells: Sequence[object]) -> list[str]:
    """The columns' names; one without a name is read by nobody, so those may be several."""
    if not cells:
        raise ImportFileEmptyError(path.name)
    head = [str(cell).strip() for cell in cells]
    _once_each([(name, None) for name in _named(head)])
    if not any(head):
        raise ImportFileUnreadableError(path.name)
    return head


def _named(head: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in head if name)


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Of two columns with one name, one would be lost without a word."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ColumnRepeatedError
    return values


def _line(number: int, head: list[str], cells: list[str]) -> Line:
    if len(cells) < len(head):
        return Line(number, {}, Fault.TOO_FEW_COLUMNS)
    if len(cells) > len(head):
        return Line(number, {}, Fault.TOO_MANY_COLUMNS)
    return Line(number, dict(zip(head, cells, strict=True)))


def encoding_of(path: Path) -> str:
    """UTF-8, with or without its mark, when all of the file is; else GB18030, as older systems here write.

    Raises:
        ImportFileDamagedError: it is UTF-8 but for a few bytes; read as GB18030, all of it would be other characters.
        ImportFileUnreadableError: it is neither.
    """
    if _is_utf_16(path):
        raise ImportFileUnreadableError(path.name, Unreadable.UTF_16)
    damaged_line = _damaged_line(path)
    if damaged_line is None:
        return UTF_8
    if _is_mostly_utf_8(path):
        raise ImportFileDamagedError(f"{path.name}:{damaged_line}")
    with path.open(encoding=GB18030) as file:
        try:
            while file.read(CHUNK_BYTES):
                pass
        except UnicodeDecodeError:
            raise ImportFileUnreadableError(path.name) from None
    return GB18030


def _is_utf_16(path: Path) -> bool:
    """UTF-16 writes a comma with a zero byte, which no text in UTF-8 or GB18030 holds.

    Programs' own formats, such as spreadsheets, are told apart by two zeros side by side, which it would never write.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if sample.startswith(UTF_16_MARKS):
        return True
    texts = [sample.decode(encoding, errors="replace") for encoding in UTF_16_ENCODINGS] if b"\0" in sample else []
    return any("\0" not in text and not SIGNS_OF_TEXT.isdisjoint(text) for text in texts)


def _damaged_line(path: Path) -> int | None:
    """The first line that is no UTF-8."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode(UTF_8)
            except UnicodeDecodeError:
                return number
    return None


def _is_mostly_utf_8(path: Path) -> bool:
    """Whether more Chinese characters can be read than not; in GB18030 hardly one looks like UTF-8's three bytes."""
    read = unread = 0
    with path.open(encoding=UTF_8, errors="replace") as file:
        while text := file.read(CHUNK_BYTES):
            unread += text.count("\N{REPLACEMENT CHARACTER}")
            read += sum(character >= FIRST_OF_THREE_BYTES for character in text)
    return read - unread > unread
