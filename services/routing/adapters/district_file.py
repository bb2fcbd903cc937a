"""The district file as bytes: read, understood and checked, every fault with its line, its path and what to do."""

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from services.routing.domain.checks import Finding, Severity, findings
from services.routing.domain.checks.finding import Step
from services.routing.domain.district import District
from shared.web.catalogues import Catalogue

CATALOGUE = "district"
WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What the model refuses, in our words: its own are English only, and name no remedy.
KINDS = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "enum": "not_one_of",
    "string_pattern_mismatch": "id_not_valid",
    "string_too_short": "text_empty",
    "string_too_long": "text_too_long",
    "too_short": "list_empty",
    "value_error": "term_not_valid",
    "warn_points_not_ascending": "warn_points_not_ascending",
    "unreadable_character": "unreadable_character",
    "string_type": "text_expected",
    "int_type": "number_expected",
    "int_parsing": "number_expected",
    "int_from_float": "number_expected",
    "greater_than_equal": "number_too_small",
    "less_than_equal": "number_too_large",
    "bool_type": "true_or_false_expected",
    "bool_parsing": "true_or_false_expected",
    "tuple_type": "list_expected",
    "model_type": "mapping_expected",
    "dict_type": "mapping_expected",
    "date_type": "date_expected",
    "date_parsing": "date_expected",
    "date_from_datetime_parsing": "date_expected",
    "date_from_datetime_inexact": "date_expected",
}
# Where pydantic says what was allowed, by the error's type.
ALLOWED = {
    "enum": "expected",
    "string_too_long": "max_length",
    "greater_than_equal": "ge",
    "less_than_equal": "le",
}
WRITTEN_DAY = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")
# Pydantic's last step to a key that cannot be used; the file has no such step.
KEY_ITSELF = "[key]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A finding at its place in the file; lines and columns count from 1."""

    finding: Finding
    line: int
    column: int

    @property
    def path(self) -> str:
        """Where in the file's tree, for example `rules[3].unit`; empty for the file as a whole."""
        return _written(self.finding.path)

    def message(self, catalogue: Catalogue) -> str:
        """What is wrong, in the catalogue's language."""
        return catalogue.say(f"district.{self.finding.kind}", **self.finding.params)

    def remedy(self, catalogue: Catalogue) -> str:
        """What to do about it."""
        return catalogue.say(f"district.{self.finding.kind}.remedy", **self.finding.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDistrict:
    """What the file says, none when it cannot be understood, and all its faults in the order of lines."""

    district: District | None
    faults: tuple[Fault, ...]

    @property
    def publishable(self) -> bool:
        """Whether nothing but warnings stands against it."""
        return self.district is not None and all(fault.finding.severity is Severity.WARNING for fault in self.faults)


class _UnreadableError(Exception):
    """The file cannot be understood; the fault says where."""

    def __init__(self, kind: str, *, line: int = 1, column: int = 1, **params: str | int) -> None:
        super().__init__(kind)
        self.fault = Fault(finding=Finding(path=(), kind=kind, params=params), line=line, column=column)


def read_district(raw: bytes, *, today: date) -> ReadDistrict:
    """The district of a file, checked as of a day: for its year and the next."""
    try:
        tree = _tree(_text(raw))
    except _UnreadableError as error:
        return ReadDistrict(district=None, faults=(error.fault,))
    district, found = _understood(tree, today=today)
    faults = [*_mark(raw), *(_located(tree, finding) for finding in found)]
    return ReadDistrict(district=district, faults=tuple(sorted(faults, key=lambda fault: (fault.line, fault.column))))


def _understood(tree: CommentedMap, *, today: date) -> tuple[District | None, list[Finding]]:
    try:
        district = District.model_validate(tree)
    except ValidationError as error:
        return None, [_finding(problem) for problem in error.errors(include_input=False, include_url=False)]
    return district, findings(district, today=today)


def _text(raw: bytes) -> str:
    if raw.startswith(WIDE_BOMS):
        raise _UnreadableError("not_utf8", encoding="UTF-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _UnreadableError("not_utf8", line=line, encoding=_guessed_encoding(raw)) from None


def _guessed_encoding(raw: bytes) -> str:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return "GB18030"


def _mark(raw: bytes) -> list[Fault]:
    """A byte order mark is harmless here and breaks other tools, so it is only a warning."""
    if not raw.startswith(codecs.BOM_UTF8):
        return []
    return [Fault(finding=Finding(path=(), kind="bom", severity=Severity.WARNING), line=1, column=1)]


def _tree(text: str) -> CommentedMap:
    # The parser's own words are left out where they repeat what the file says: that may be somebody's phone.
    try:
        tree = YAML().load(StringIO(text))
    except DuplicateKeyError as error:
        raise _marked("duplicate_key", error) from None
    except MarkedYAMLError as error:
        raise _marked("yaml_syntax", error, detail=error.problem or "") from None
    except (YAMLError, ValueError, RecursionError):
        raise _no_such_day(text) or _UnreadableError("yaml_not_readable") from None
    if not isinstance(tree, CommentedMap):
        raise _UnreadableError("not_a_mapping")
    return tree


def _no_such_day(text: str) -> _UnreadableError | None:
    """The first date of no calendar, such as 29 February of most years: the parser does not say where it stands."""
    for line, written in enumerate(text.splitlines(), start=1):
        for found in WRITTEN_DAY.finditer(written):
            try:
                date.fromisoformat(found[0])
            except ValueError:
                return _UnreadableError("no_such_day", line=line, column=found.start() + 1, day=found[0])
    return None


def _marked(kind: str, error: MarkedYAMLError, **params: str | int) -> _UnreadableError:
    mark = error.problem_mark or error.context_mark
    return _UnreadableError(kind, line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1, **params)


def _finding(problem: ErrorDetails) -> Finding:
    path: tuple[Step, ...] = problem["loc"]
    if path[-1:] == (KEY_ITSELF,):
        path = path[:-1]
    name = _field(path)
    if name in {"from", "to"}:
        return Finding(path=path, kind="time_not_valid", params={"field": name})
    kind = KINDS.get(problem["type"], "field_not_valid")
    return Finding(path=path, kind=kind, params={"field": name, **_allowed(problem)})


def _field(path: Sequence[Step]) -> str:
    """The field's name, an entry of a list by its list's: `years[0]`."""
    names = [place for place, step in enumerate(path) if isinstance(step, str)]
    return _written(path[names[-1] if names else 0 :])


def _written(path: Sequence[Step]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _allowed(problem: ErrorDetails) -> dict[str, str | int]:
    key = ALLOWED.get(problem["type"])
    if key is None:
        return {}
    # Pydantic joins the last of several with an English word.
    return {"expected": str(problem.get("ctx", {}).get(key, "")).replace(" or ", ", ")}


def _located(tree: CommentedMap, finding: Finding) -> Fault:
    """The finding at the last step of its path that the file has."""
    node: object = tree
    line, column = 0, 0
    for step in finding.path:
        found = _step_into(node, step)
        if found is None:
            break
        node, (line, column) = found
    return Fault(finding=finding, line=line + 1, column=column + 1)


def _step_into(node: object, step: Step) -> tuple[object, tuple[int, int]] | None:
    match node:
        case CommentedMap():
            return _value_of(node, step)
        case CommentedSeq() if isinstance(step, int) and step < len(node):
            return node[step], node.lc.item(step)
        case _:
            return None


def _value_of(node: Mapping[object, object], step: Step) -> tuple[object, tuple[int, int]] | None:
    # Dates are keys as well as words are, and a path names them as words.
    key = next((key for key in node if str(key) == str(step)), None)
    if key is None or not isinstance(node, CommentedMap):
        return None
    return node[key], node.lc.key(key)


def in_words(faults: Sequence[Fault], catalogue: Catalogue) -> list[str]:
    """One line a fault, as a compiler writes them: line, column, path, what is wrong, what to do."""
    return [f"{_where(fault)} {fault.message(catalogue)} {fault.remedy(catalogue)}" for fault in faults]


def _where(fault: Fault) -> str:
    place = f"{fault.line}:{fault.column}:"
    return f"{place} {fault.path}:" if fault.path else place
