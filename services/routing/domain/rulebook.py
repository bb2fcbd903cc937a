"""What the rules are applied with: places, units with their hours and rotas, categories, rules of one edition."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from services.routing.domain.errors.directory import PlaceUnknownError
from services.routing.domain.guessing import Guess, guess
from services.routing.domain.rules import Prepared, prepared
from services.routing.domain.units import Units
from shared.contracts.directory import (
    CalendarDefined,
    CategoryDefined,
    DirectoryRecord,
    DutyDefined,
    PlaceDefined,
    Rule,
    RulesDefined,
    UnitDefined,
)
from shared.directory.duty_time import duty_time
from shared.working_time import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Everything by its id; retired places and categories are in it, since old cases name them."""

    edition: int
    places: Mapping[str, PlaceDefined]
    units: Units
    categories: Mapping[str, CategoryDefined]
    rules: tuple[Rule, ...]
    prepared: tuple[Prepared, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prepared", prepared(self.rules))

    @property
    def rules_by_urgency(self) -> frozenset[str]:
        """Rules that a report falls to only where its urgency was stated."""
        return frozenset(rule.id for rule in self.rules if rule.when.urgency is not None)

    def place(self, code: str) -> PlaceDefined:
        """The place of a code.

        Raises:
            PlaceUnknownError: no such code.
        """
        if code not in self.places:
            raise PlaceUnknownError
        return self.places[code]

    @property
    def open_categories(self) -> Mapping[str, CategoryDefined]:
        """Those that a case can be given now, in the file's order."""
        known = sorted(self.categories.values(), key=lambda category: category.order)
        return {category.id: category for category in known if not category.retired}

    def guess(self, text: str) -> Guess | None:
        """The category that a report without one is guessed to be of, by the district's words."""
        return guess(self.categories.values(), text)

    def category_path(self, category: str | None) -> tuple[str, ...]:
        """The category and those above it, itself first; empty when the reporter chose none."""
        path: list[str] = []
        while category is not None and category not in path:
            path.append(category)
            known = self.categories.get(category)
            category = known.parent if known else None
        return tuple(path)


def rulebook_from(records: Iterable[DirectoryRecord]) -> Rulebook:
    """The rulebook that these records of the directory make, in any order; of one entity the last counts."""
    latest = {record.stream: record for record in records}.values()
    rules = [record for record in latest if isinstance(record, RulesDefined) and not record.retired]
    return Rulebook(
        edition=max((record.edition for record in latest), default=1),
        places={record.id: record for record in latest if isinstance(record, PlaceDefined)},
        units=Units(
            {record.id: record for record in latest if isinstance(record, UnitDefined)},
            {record.id: calendar_of(record) for record in latest if isinstance(record, CalendarDefined)},
            dict(_duty_times(record for record in latest if isinstance(record, DutyDefined))),
        ),
        categories={record.id: record for record in latest if isinstance(record, CategoryDefined)},
        rules=tuple(rule for record in rules for rule in record.rules),
    )


def _duty_times(rotas: Iterable[DutyDefined]) -> Iterator[tuple[str, Calendar]]:
    for rota in rotas:
        time = duty_time(rota)
        if time is not None:
            yield rota.id, time


def calendars_end(calendars: Iterable[CalendarDefined]) -> datetime | None:
    """When the first of the calendars in use runs out of years whose list is known; none where there is no calendar."""
    last = [max(record.years, default=0) for record in calendars if not record.retired]
    return datetime(min(last) + 1, 1, 1, tzinfo=SHANGHAI) if last else None


def calendar_of(record: CalendarDefined) -> Calendar:
    """The record as arithmetic.

    Raises:
        CalendarNotValidError: its hours or dates are none.
    """
    return Calendar(
        hours=record.hours, days_off=record.days_off, make_up_workdays=record.make_up_workdays, years=record.years
    )
