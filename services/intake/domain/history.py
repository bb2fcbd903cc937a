"""A line of another system's past: which column is which field, and whether it can be taken over."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError
from services.intake.domain.text import (
    IMPORT_CHARACTERS_MAX,
    NAME_CHARACTERS_MAX,
    REFERENCE_CHARACTERS_MAX,
    clean_line,
    clean_text,
)
from shared.contracts.intake import Rating, StatedUrgency

T = TypeVar("T")

MILESTONES = ("accepted_at", "resolved_at", "verified_at", "closed_at")
FIELDS = frozenset(
    {"source_id", "opened_at", "place", "category", "text", "name", "phone", "unit", "notes", "stated_urgency"}
    | {"rating", "rating_words", "rated_at"}
    | set(MILESTONES)
)
# Of which another system has its own words, which a mapping can name.
CHOICES = frozenset({"place", "category", "unit", "rating", "stated_urgency"})
# Many a system numbers them.
Written = Annotated[str, Field(coerce_numbers_to_str=True)]
# What every line has to say, or a constant for it.
NEEDED = frozenset({"source_id", "opened_at", "place", "text"})
# What a source is called. It is published with every ticket, and ids are made of "source/id", which without a slash in
# the source no two pairs share.
SOURCE_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
# The first day that figures are given for: what lies before it could be shown nowhere, and is a slip, or a
# spreadsheet's zero.
EARLIEST = datetime(2000, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


class HistoryMapping(BaseModel):
    """Which column is which field. Several columns make one text, a line each; a constant stands where none does.

    `values` say, of a field that is one of several, what the other system's own words for them are here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[Written, str]] = Field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"

    @field_validator("columns", "constants")
    @classmethod
    def _names_fields(cls, named: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(named.keys() - FIELDS)
        if unknown:
            message = f"no such field: {', '.join(unknown)}; there are {', '.join(sorted(FIELDS))}"
            raise ValueError(message)
        return named

    @field_validator("columns")
    @classmethod
    def _names_a_column_for_each(cls, named: dict[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
        unnamed = sorted(name for name, columns in named.items() if not columns or not all(columns))
        if unnamed:
            message = f"no column is named for {', '.join(unnamed)}; name one, or take the field out"
            raise ValueError(message)
        return named

    @field_validator("values")
    @classmethod
    def _names_choices(cls, named: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(named.keys() - CHOICES)
        if unknown:
            message = f"no choice is made in {', '.join(unknown)}; one is made in {', '.join(sorted(CHOICES))}"
            raise ValueError(message)
        return named

    @field_validator("timezone")
    @classmethod
    def _is_a_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            message = f"no such time zone: {name}"
            raise ValueError(message) from error
        return name

    def columns_of(self, name: str) -> tuple[str, ...]:
        """The columns that a field is read from; its own name where nothing else is said."""
        columns = self.columns.get(name, name)
        return (columns,) if isinstance(columns, str) else columns

    @property
    def columns_read(self) -> frozenset[str]:
        """Every column that something is read from."""
        return frozenset(column for name in FIELDS for column in self.columns_of(name))

    def absent_from(self, head: Collection[str]) -> dict[str, tuple[str, ...]]:
        """By field, the columns that a table with this head lacks: named ones, and those that every line needs."""
        wanted = self.columns.keys() | (NEEDED - self.constants.keys())
        absent = {name: tuple(each for each in self.columns_of(name) if each not in head) for name in sorted(wanted)}
        return {name: columns for name, columns in absent.items() if columns}


@dataclass(frozen=True, slots=True)
class Known:
    """What of the district a line may name, how phones are read, and the moment up to which is history."""

    places: Collection[str]
    categories: Collection[str]
    units: Collection[str]
    phone: Callable[[str], str] = field(repr=False)
    now: datetime = field()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastNote:
    """A dated remark."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRating:
    """What the reporter said then."""

    at: datetime
    rating: Rating
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTicket:
    """A line that can be taken over."""

    source_id: str
    opened_at: datetime
    place: str
    text: str
    category: str | None = None
    name: str | None = None
    phone: str | None = None
    unit: str | None = None
    milestones: dict[str, datetime]
    rating: PastRating | None = None
    notes: tuple[PastNote, ...] = ()
    stated_urgency: StatedUrgency | None = None


def past_ticket(values: Mapping[str, Any], mapping: HistoryMapping, known: Known) -> PastTicket:
    """Read one line.

    Raises:
        RefusedFieldsError: with every field that can not be taken over.
    """
    line = _Line(values, mapping, known)
    milestones = {name: at for name in MILESTONES if (at := line.moment(name)) is not None}
    opened_at = line.moment("opened_at", required=True)
    ticket = PastTicket(
        source_id=line.required("source_id", REFERENCE_CHARACTERS_MAX),
        opened_at=opened_at or known.now,
        place=line.one_of("place", known.places, Fault.UNKNOWN_PLACE, required=True) or "",
        text=line.text(),
        category=line.one_of("category", known.categories, Fault.NOT_A_CHOICE),
        name=line.optional("name", NAME_CHARACTERS_MAX),
        phone=line.phone(),
        unit=line.one_of("unit", known.units, Fault.UNKNOWN_UNIT),
        milestones=milestones,
        rating=line.rating(milestones),
        notes=line.notes(),
        stated_urgency=line.stated_urgency(),
    )
    line.check_order(ticket, opened_at)
    line.raise_refusals()
    return ticket


class _Line:
    """One line while it is read; what is wrong with it is gathered."""

    def __init__(self, values: Mapping[str, Any], mapping: HistoryMapping, known: Known) -> None:
        self._values = values
        self._mapping = mapping
        self._known = known
        self._refusals: list[Refusal] = []

    def raise_refusals(self) -> None:
        if self._refusals:
            raise RefusedFieldsError(self._refusals)

    def given(self, name: str) -> str:
        """A field as text, trimmed; empty where nothing is given."""
        parts = [as_text(self._values.get(column)) for column in self._mapping.columns_of(name)]
        written = "\n".join(part for part in parts if part)
        return self._mapping.values.get(name, {}).get(written, written) or self._mapping.constants.get(name, "")

    def required(self, name: str, characters_max: int) -> str:
        return self._attempt(lambda: clean_line(name, self.given(name), characters_max=characters_max)) or ""

    def optional(self, name: str, characters_max: int) -> str | None:
        return self.required(name, characters_max) if self.given(name) else None

    def text(self) -> str:
        return self._attempt(lambda: clean_text("text", self.given("text"), characters_max=IMPORT_CHARACTERS_MAX)) or ""

    def one_of(self, name: str, known: Collection[str], fault: Fault, *, required: bool = False) -> str | None:
        given = self.given(name)
        if given in known:
            return given
        if given or required:
            self._refusals.append(Refusal(name, fault if given else Fault.REQUIRED))
        return None

    def phone(self) -> str | None:
        given = self.given("phone")
        return self._attempt(lambda: self._known.phone(given)) if given else None

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        raw = self._values.get(self._mapping.columns_of(name)[0])
        given = raw if isinstance(raw, date) else self.given(name)
        if given == "":
            if required:
                self._refusals.append(Refusal(name, Fault.REQUIRED))
            return None
        return self._attempt(lambda: self._past(name, given))

    def stated_urgency(self) -> StatedUrgency | None:
        given = self.one_of("stated_urgency", [*StatedUrgency], Fault.NOT_AN_URGENCY)
        return None if given is None else StatedUrgency(given)

    def rating(self, milestones: Mapping[str, datetime]) -> PastRating | None:
        given = self.one_of("rating", {rating.value for rating in Rating}, Fault.NOT_A_CHOICE)
        at = self.moment("rated_at") or milestones.get("closed_at")
        if given is None:
            return None
        if "closed_at" not in milestones or at is None:
            self._refusals.append(Refusal("rating", Fault.NOT_CLOSED))
            return None
        words = self.given("rating_words")
        cleaned = self._attempt(lambda: self._clean_words("rating_words", words)) if words else None
        return PastRating(at=at, rating=Rating(given), words=cleaned)

    def notes(self) -> tuple[PastNote, ...]:
        raw = self._values.get(self._mapping.columns_of("notes")[0]) or []
        if not isinstance(raw, Sequence) or not all(isinstance(note, Mapping) for note in raw):
            self._refusals.append(Refusal("notes", Fault.NOT_A_LIST))
            return ()
        read = [self._attempt(lambda note=note: self._note(note)) for note in raw]  # type: ignore[misc]
        return tuple(note for note in read if note is not None)

    def check_order(self, ticket: PastTicket, opened_at: datetime | None) -> None:
        """Each step against the one before it, a rating against the closing, and notes against the opening."""
        steps = [*ticket.milestones.items()]
        if ticket.rating is not None:
            steps.append(("rated_at", ticket.rating.at))
        before = opened_at or EARLIEST
        for name, at in steps:
            if at < before:
                self._refusals.append(Refusal(name, Fault.NOT_IN_ORDER))
            before = at
        if opened_at is not None and any(note.at < opened_at for note in ticket.notes):
            self._refusals.append(Refusal("notes", Fault.NOT_IN_ORDER))

    def _note(self, note: Mapping[str, Any]) -> PastNote:
        at = note.get("at")
        if not isinstance(at, str):
            raise RefusedFieldsError([Refusal("notes", Fault.NOT_A_LIST)])
        return PastNote(at=self._past("notes", at), text=self._clean_words("notes", as_text(note.get("text"))))

    def _clean_words(self, name: str, words: str) -> str:
        return clean_text(name, words, characters_max=IMPORT_CHARACTERS_MAX)

    def _past(self, name: str, given: str | date) -> datetime:
        at = self._parsed(name, given)
        try:
            at = (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self._mapping.timezone))).astimezone(UTC)
        except OverflowError:
            # The first and the last day of the calendar lie outside it in another zone.
            raise RefusedFieldsError([Refusal(name, Fault.NOT_A_DATE)]) from None
        if at < EARLIEST:
            raise RefusedFieldsError([Refusal(name, Fault.NOT_A_DATE)])
        if at > self._known.now:
            raise RefusedFieldsError([Refusal(name, Fault.IN_FUTURE)])
        return at

    def _parsed(self, name: str, given: str | date) -> datetime:
        if isinstance(given, datetime):
            return given
        if isinstance(given, date):
            return datetime.combine(given, time())
        for written in (None, *self._mapping.date_formats):
            try:
                # The zone is added by the caller, where the text itself names none.
                return datetime.fromisoformat(given) if written is None else datetime.strptime(given, written)  # noqa: DTZ007
            except ValueError:
                continue
        raise RefusedFieldsError([Refusal(name, Fault.NOT_A_DATE)])

    def _attempt(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except RefusedFieldsError as error:
            self._refusals.extend(error.refusals)
            return None


def as_text(value: Any) -> str:
    """A cell as people would write it; a spreadsheet's whole numbers carry a decimal that nobody wrote."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
