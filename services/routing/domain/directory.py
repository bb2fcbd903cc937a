"""The directory as routing reads it: the newest records of areas, places, units, people, duty, categories and rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.routing.domain.errors import PlaceUnknownError
from services.routing.domain.units import Units
from shared.contracts.directory import (
    AreaDefined,
    CalendarDefined,
    CategoryDefined,
    DirectoryEvent,
    DutyDefined,
    PersonDefined,
    PlaceDefined,
    Rule,
    RulesDefined,
    Shift,
    UnitDefined,
)
from shared.working_time import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everything by its id, as of one edition."""

    edition: int
    areas: Mapping[str, AreaDefined]
    places: Mapping[str, PlaceDefined]
    units: Units
    people: Mapping[str, PersonDefined]
    duties: Mapping[str, DutyDefined]
    categories: Mapping[str, CategoryDefined]
    rules: tuple[Rule, ...]

    def place(self, code: str) -> PlaceDefined:
        """The place of a code, retired ones too: their old cases go on.

        Raises:
            PlaceUnknownError: no such code.
        """
        if code not in self.places:
            raise PlaceUnknownError
        return self.places[code]

    def category_path(self, category: str | None) -> tuple[str, ...]:
        """The category and those above it."""
        path: list[str] = []
        while category is not None and category not in path:
            path.append(category)
            known = self.categories.get(category)
            category = known.parent if known else None
        return tuple(path)

    def on_duty(self, unit: str, at: datetime) -> str | None:
        """Who of the unit answers at this moment (值班); none when nobody does."""
        duty = self.duties.get(unit)
        shifts = duty.shifts if duty and not duty.retired else ()
        return next((shift.person for shift in shifts if covers(shift, at)), None)


def covers(shift: Shift, at: datetime) -> bool:
    """Whether the shift is on at this moment."""
    local = at.astimezone(SHANGHAI)
    return (
        local.isoweekday() in shift.weekdays and shift.from_minute <= local.hour * 60 + local.minute < shift.to_minute
    )


def directory_from(records: Iterable[DirectoryEvent]) -> Directory:
    """The directory that these records make; of one entity the last counts."""
    latest = {record.stream: record for record in records}.values()
    rules = [record for record in latest if isinstance(record, RulesDefined) and not record.retired]
    calendars = [record for record in latest if isinstance(record, CalendarDefined)]
    return Directory(
        edition=max((record.edition for record in latest), default=1),
        areas={record.id: record for record in latest if isinstance(record, AreaDefined)},
        places={record.id: record for record in latest if isinstance(record, PlaceDefined)},
        units=Units(
            {record.id: record for record in latest if isinstance(record, UnitDefined)},
            {record.id: calendar_of(record) for record in calendars},
        ),
        people={record.id: record for record in latest if isinstance(record, PersonDefined)},
        duties={record.id: record for record in latest if isinstance(record, DutyDefined)},
        categories={record.id: record for record in latest if isinstance(record, CategoryDefined)},
        rules=tuple(rule for record in rules for rule in record.rules),
    )


def calendar_of(record: CalendarDefined) -> Calendar:
    """The record as arithmetic.

    Raises:
        CalendarNotValidError: its hours or dates are none.
    """
    return Calendar(
        hours=record.hours, days_off=record.days_off, make_up_workdays=record.make_up_workdays, years=record.years
    )
