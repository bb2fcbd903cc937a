"""Files of other systems' history, read a line at a time: CSV in UTF-8 or GB18030, XLSX, JSON Lines."""

import codecs
import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError
from python_calamine import CalamineError, CalamineWorkbook
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.intake.domain.errors import Fault, ImportFileUnreadableError, MappingNotValidError
from services.intake.domain.history import HistoryMapping

CHUNK_BYTES = 1024 * 1024
# The longest text that we keep is far below; Python's own limit is not.
CSV_FIELD_CHARACTERS_MAX = 1_000_000
UTF_8 = "utf-8-sig"
GB18030 = "gb18030"


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
        self._lines = iter(_lines_of(path))

    def digest(self, mapping: HistoryMapping) -> str:
        """What tells this file, read by this mapping, from every other.

        Raises:
            ImportFileUnreadableError: it can not be opened.
        """
        digest = hashlib.sha256(mapping.model_dump_json().encode())
        try:
            with self._path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError:
            raise ImportFileUnreadableError(self._path.name) from None
        return digest.hexdigest()

    def take(self, count: int) -> list[Line]:
        """The next lines, fewer at the end.

        Raises:
            ImportFileUnreadableError: it is none of the formats, or damaged.
        """
        try:
            return list(islice(self._lines, count))
        except (OSError, UnicodeDecodeError, csv.Error, CalamineError):
            raise ImportFileUnreadableError(self._path.name) from None


def read_mapping(path: Path | None) -> HistoryMapping:
    """The mapping file; without one, columns are called like the fields.

    Raises:
        MappingNotValidError: it can not be read, or names fields that there are none of.
    """
    if path is None:
        return HistoryMapping()
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return HistoryMapping.model_validate(content)
    except (OSError, UnicodeDecodeError, YAMLError):
        raise MappingNotValidError(path.name) from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise MappingNotValidError(f"{path.name}: {where}: {first['msg']}") from None


def _lines_of(path: Path) -> Iterator[Line]:
    match path.suffix.lower():
        case ".xlsx":
            return _of_xlsx(path)
        case ".jsonl" | ".ndjson":
            return _of_json_lines(path)
        case _:
            return _of_csv(path)


def _of_csv(path: Path) -> Iterator[Line]:
    csv.field_size_limit(CSV_FIELD_CHARACTERS_MAX)
    with path.open(encoding=encoding_of(path), newline="") as file:
        reader = csv.reader(file)
        head = [name.strip() for name in next(reader, [])]
        if not head:
            raise ImportFileUnreadableError(path.name)
        before = reader.line_num
        for cells in reader:
            # A quoted text may run over many lines; the number is that of its first.
            number, before = before + 1, reader.line_num
            if cells:
                yield _line(number, head, cells)


def _of_xlsx(path: Path) -> Iterator[Line]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    head = [str(name).strip() for name in next(rows, [])]
    for number, cells in enumerate(rows, 2):
        if any(cell != "" for cell in cells):
            yield Line(number, dict(zip(head, cells, strict=False)))


def _of_json_lines(path: Path) -> Iterator[Line]:
    with path.open(encoding=encoding_of(path)) as file:
        for number, text in enumerate(file, 1):
            if text.strip():
                yield _json_line(number, text)


def _json_line(number: int, text: str) -> Line:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    return Line(number, values) if isinstance(values, dict) else Line(number, {}, Fault.NOT_JSON)


def _line(number: int, head: list[str], cells: list[str]) -> Line:
    if len(cells) < len(head):
        return Line(number, {}, Fault.TOO_FEW_COLUMNS)
    if len(cells) > len(head):
        return Line(number, {}, Fault.TOO_MANY_COLUMNS)
    return Line(number, dict(zip(head, cells, strict=True)))


def encoding_of(path: Path) -> str:
    """UTF-8, with or without its mark, when all of the file is; else GB18030, as older systems here write.

    Raises:
        ImportFileUnreadableError: it is neither.
    """
    with path.open("rb") as file:
        if _decodes(file, UTF_8):
            return UTF_8
        file.seek(0)
        if _decodes(file, GB18030):
            return GB18030
    raise ImportFileUnreadableError(path.name)


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
