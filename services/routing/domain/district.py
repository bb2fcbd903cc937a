"""The district file: areas, places, units, people, duty, categories, rules and all the rest, as a person writes it."""

import re
import unicodedata
from datetime import date, time
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from shared.contracts.directory import AreaLevel, Name, RepeatsOf, Role
from shared.contracts.intake import Channel, StatedUrgency
from shared.contracts.messages import Message
from shared.contracts.routing import FOLLOW_UP_DAYS_MAX, FOLLOW_UP_TIMES_MAX, Clock, Urgency
from shared.working_time import joined

MINUTES_A_DAY = 1440
# A year round the clock, and the workdays of one. No clock of the field runs longer; what does is a slip of the pen.
TERM_MINUTES_MAX = 366 * MINUTES_A_DAY
TERM_WORKING_DAYS_MAX = 250
REPEATS_MAX = 1000
# Where a term says nothing; a clock of less than ten minutes is over before a message about it is read.
WARN_AT = (80,)
WARNED_MINUTES_MIN = 10
# What the desk takes with one act.
PHOTOS_MIN_MAX = 3
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
TIME_OF_DAY = re.compile(r"(\d{1,2}):(\d{2})")


def minute_of_day(written: object) -> object:
    """`08:30` as minutes from midnight; `24:00` is the day's end. Anything else is left for the model to refuse."""
    if isinstance(written, time):
        return written.hour * 60 + written.minute
    found = TIME_OF_DAY.fullmatch(written) if isinstance(written, str) else None
    if found is None or int(found[2]) > 59:
        return "not a time"
    return int(found[1]) * 60 + int(found[2])


def readable(written: str) -> str:
    """A text that can be stored and shown: control characters beside line breaks and tabs are in nobody's words."""
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in written):
        raise PydanticCustomError("unreadable_character", "a control character stands in it")
    return written


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
Minute = Annotated[int, Field(ge=0, le=MINUTES_A_DAY), BeforeValidator(minute_of_day)]
Words = tuple[Annotated[str, Field(min_length=1, max_length=50), AfterValidator(readable)], ...]
Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(readable)]
# As a folded line of YAML ends with a break that nobody meant.
SmsText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(readable)
]


class Entry(BaseModel):
    """A part of the file. A field that nobody reads is a mistake, and is said to be one."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class NameEntry(Entry):
    """A name in both languages."""

    zh: Text
    en: Text

    def as_name(self) -> Name:
        """The same as the directory's records carry it."""
        return Name(zh=self.zh, en=self.en)


class AreaEntry(Entry):
    """A part of the district; only the district itself has no parent."""

    id: Id
    name: NameEntry
    level: AreaLevel
    parent: Id | None = None


class PlaceEntry(Entry):
    """What a QR code stands for; its code is printed on the sticker."""

    code: str
    name: NameEntry
    area: Id
    groups: tuple[Id, ...] = ()


class UnitEntry(Entry):
    """An organisation that handles cases, and who is told when it does not."""

    id: Id
    name: NameEntry
    relation: Id | None = None
    area: Id
    calendar: Id
    escalates_to: Id | None = None


class PersonEntry(Entry):
    """A staff member. Name and phone are plain in the file only; the records carry them sealed."""

    id: Id
    unit: Id
    role: Role
    name: Text = Field(repr=False)
    phone: str = Field(repr=False)


class HoursEntry(Entry):
    """From when to when on which weekdays (1 = Monday); an end before its start lies on the next day."""

    weekdays: tuple[Weekday, ...] = EVERY_DAY
    from_minute: Minute = Field(default=0, alias="from")
    to_minute: Minute = Field(default=MINUTES_A_DAY, alias="to")

    def by_weekday(self) -> list[tuple[int, int, int]]:
        """(weekday, from, to) with what lies after midnight on the next weekday."""
        if self.from_minute < self.to_minute:
            return [(weekday, self.from_minute, self.to_minute) for weekday in self.weekdays]
        late = [(weekday, self.from_minute, MINUTES_A_DAY) for weekday in self.weekdays]
        early = [(weekday % 7 + 1, 0, self.to_minute) for weekday in self.weekdays]
        return [span for span in (*late, *early) if span[1] < span[2]]


class ShiftEntry(HoursEntry):
    """Who of a unit answers, and when."""

    person: Id


class DutyEntry(Entry):
    """A unit's rota (值班表)."""

    unit: Id
    shifts: Annotated[tuple[ShiftEntry, ...], Field(min_length=1)]


class CategoryEntry(Entry):
    """A kind of trouble; the file's order is the report page's."""

    id: Id
    name: NameEntry
    parent: Id | None = None
    words: Words = ()


def _ascending(warn_at: tuple[int, ...]) -> tuple[int, ...]:
    if list(warn_at) != sorted(set(warn_at)):
        raise PydanticCustomError("warn_points_not_ascending", "warn points come one after the other")
    return warn_at


WarnPoints = Annotated[tuple[Annotated[int, Field(ge=1, le=99)], ...], AfterValidator(_ascending)]


class TermEntry(Entry):
    """How long a clock runs: minutes of working time, on duty or round the clock, or working days; when it warns.

    Warn points are per cent of the run. A term that does not say warns at four fifths, unless it is too short for a
    warning to be of use.
    """

    minutes: Annotated[int, Field(ge=1, le=TERM_MINUTES_MAX)] | None = None
    working_days: Annotated[int, Field(ge=1, le=TERM_WORKING_DAYS_MAX)] | None = None
    working_time: bool = True
    on_duty: bool = False
    warn_at: WarnPoints | None = None

    @model_validator(mode="after")
    def _says_how_long_once(self) -> "TermEntry":
        said_twice = self.on_duty and not self.working_time
        other_days = self.working_days is not None and (self.on_duty or not self.working_time)
        if (self.minutes is None) == (self.working_days is None) or said_twice or other_days:
            message = "either minutes, or working_days in working time; on_duty or working_time: false, not both"
            raise ValueError(message)
        return self

    def warn_points(self) -> tuple[int, ...]:
        """Per cent of the run at which the unit is reminded."""
        if self.warn_at is not None:
            return self.warn_at
        return () if self.minutes is not None and self.minutes < WARNED_MINUTES_MIN else WARN_AT


class RepeatsEntry(Entry):
    """At least so many earlier reports of what this one repeats, in so many days."""

    count: Annotated[int, Field(ge=1, le=REPEATS_MAX)]
    days: Annotated[int, Field(ge=1, le=TERM_WORKING_DAYS_MAX)]
    of: RepeatsOf


class ConditionsEntry(Entry):
    """When a rule matches; every condition named must hold."""

    categories: tuple[Id, ...] = ()
    areas: tuple[Id, ...] = ()
    channels: tuple[Channel, ...] = ()
    urgency: StatedUrgency | None = None
    words_any: Words = ()
    words_all: Words = ()
    words_none: Words = ()
    groups: tuple[Id, ...] = ()
    repeats: RepeatsEntry | None = None
    working_time: bool | None = None


class ExampleEntry(Entry):
    """A report that must fall to the rule; tried in working time, or at night where the rule is for the night."""

    text: Text
    category: Id | None = None
    place: str
    earlier: Annotated[int, Field(ge=0, le=REPEATS_MAX)] = 0
    urgency: StatedUrgency | None = None


class CallEntry(Entry):
    """A unit that the rule calls at once, and what it is asked to do."""

    unit: str
    task: NameEntry


class ObserveEntry(Entry):
    """How long a change must prove right before it is verified: minutes round the clock, or working days."""

    minutes: Annotated[int, Field(ge=1, le=TERM_MINUTES_MAX)] | None = None
    working_days: Annotated[int, Field(ge=1, le=TERM_WORKING_DAYS_MAX)] | None = None

    @model_validator(mode="after")
    def _says_how_long_once(self) -> "ObserveEntry":
        if (self.minutes is None) == (self.working_days is None):
            message = "either minutes or working_days"
            raise ValueError(message)
        return self


class FollowUpEntry(Entry):
    """Work to plan when a case of the rule is closed (回头看): once, or `times` times, `every_days` days apart."""

    task: NameEntry
    unit: str
    after_days: Annotated[int, Field(ge=1, le=FOLLOW_UP_DAYS_MAX)]
    every_days: Annotated[int, Field(ge=1, le=FOLLOW_UP_DAYS_MAX)] | None = None
    working_days: bool = False
    times: Annotated[int, Field(ge=1, le=FOLLOW_UP_TIMES_MAX)] = 1

    @model_validator(mode="after")
    def _says_how_often(self) -> "FollowUpEntry":
        if (self.every_days is None) != (self.times == 1):
            message = "every_days and times above 1 go together"
            raise ValueError(message)
        return self


class VerificationEntry(Entry):
    """Who verifies, the unit above where none is named; what evidence is asked for; how long it is observed first."""

    unit: str | None = None
    note: bool = False
    photos_min: Annotated[int, Field(ge=0, le=PHOTOS_MIN_MAX)] = 0
    observe: ObserveEntry | None = None


class RuleEntry(Entry):
    """One grid escalation rule (网格升级规则)."""

    id: Id
    name: NameEntry
    when: ConditionsEntry = ConditionsEntry()
    unit: str
    urgency: Urgency = Urgency.NORMAL
    terms: dict[Clock, TermEntry] = Field(default_factory=dict)
    whistle: tuple[CallEntry, ...] = ()
    verification: VerificationEntry | None = None
    follow_ups: tuple[FollowUpEntry, ...] = ()
    templates: dict[Message, Id] = Field(default_factory=dict)
    examples: tuple[ExampleEntry, ...] = ()


class TemplateEntry(Entry):
    """The district's own wording of a message (短信模板); without `en` English readers get ours."""

    id: Id
    message: Message
    zh: SmsText
    en: SmsText | None = None

    def wordings(self) -> dict[str, str]:
        """What it says, by language."""
        return {"zh": self.zh} if self.en is None else {"zh": self.zh, "en": self.en}


class CalendarEntry(Entry):
    """Working hours, days off and make-up workdays (调休)."""

    id: Id
    hours: Annotated[tuple[HoursEntry, ...], Field(min_length=1)]
    years: tuple[int, ...]
    days_off: tuple[date, ...] = ()
    make_up_workdays: dict[date, Weekday] = Field(default_factory=dict)

    def spans(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """Spans of each weekday in order, those that touch joined."""
        by_weekday: dict[int, list[tuple[int, int]]] = {}
        for weekday, opens, closes in sorted(span for hours in self.hours for span in hours.by_weekday()):
            by_weekday.setdefault(weekday, []).append((opens, closes))
        return {weekday: joined(spans) for weekday, spans in by_weekday.items()}


class District(Entry):
    """The whole file."""

    id: Id
    name: NameEntry
    areas: tuple[AreaEntry, ...]
    places: tuple[PlaceEntry, ...]
    units: tuple[UnitEntry, ...]
    people: tuple[PersonEntry, ...]
    duties: tuple[DutyEntry, ...]
    categories: tuple[CategoryEntry, ...]
    rules: Annotated[tuple[RuleEntry, ...], Field(min_length=1)]
    templates: tuple[TemplateEntry, ...] = ()
    calendars: tuple[CalendarEntry, ...]

    def area_path(self, area: str) -> tuple[str, ...]:
        """The areas from the district down to this one; a ring among parents ends where it closes."""
        parents = {entry.id: entry.parent for entry in self.areas}
        path: list[str] = []
        step: str | None = area
        while step is not None and step in parents and step not in path:
            path.append(step)
            step = parents[step]
        return tuple(reversed(path))
