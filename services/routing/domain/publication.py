"""A district file as records of the directory: one edition, the people's names and phones sealed, what left retired."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby

from services.routing.domain.district import District, DutyEntry, RuleEntry, ShiftEntry, VerificationEntry
from shared.contracts.directory import (
    AreaDefined,
    CalendarDefined,
    CategoryDefined,
    Conditions,
    DirectoryEvent,
    DutyDefined,
    PersonDefined,
    PlaceDefined,
    Rule,
    RuleCall,
    RuleExample,
    RulesDefined,
    Shift,
    TemplateDefined,
    UnitDefined,
)
from shared.contracts.envelope import Sealed
from shared.contracts.routing import FollowUpTerm, Term, Verification

# Seals a text under the key of a person, both named by their place in the call: (person id, text).
Seal = Callable[[str, str], Sealed]


def records(district: District, *, edition: int, at: datetime, seal: Seal) -> list[DirectoryEvent]:
    """Every entity of the file, what others refer to first."""
    return [
        *_areas(district, edition, at),
        *_calendars(district, edition, at),
        *_units(district, edition, at),
        *_people(district, edition, at, seal),
        *_duties(district, edition, at),
        *_places(district, edition, at),
        *_categories(district, edition, at),
        *_templates(district, edition, at),
        _rules(district, edition, at),
    ]


def retired(
    previous: Iterable[DirectoryEvent], current: Iterable[DirectoryEvent], *, edition: int, at: datetime
) -> list[DirectoryEvent]:
    """What the previous edition had and this one has not: kept by name for old cases, closed to new ones."""
    kept = {record.stream for record in current}
    gone = [record for record in previous if record.stream not in kept and not record.retired]
    return [record.model_copy(update={"retired": True, "edition": edition, "at": at}) for record in gone]


def _areas(district: District, edition: int, at: datetime) -> list[AreaDefined]:
    return [
        AreaDefined(
            at=at,
            edition=edition,
            id=entry.id,
            name=entry.name.as_name(),
            level=entry.level,
            parent=entry.parent,
            path=district.area_path(entry.id),
        )
        for entry in district.areas
    ]


def _calendars(district: District, edition: int, at: datetime) -> list[CalendarDefined]:
    return [
        CalendarDefined(
            at=at,
            edition=edition,
            id=entry.id,
            hours=entry.spans(),
            days_off=tuple(sorted(day.isoformat() for day in entry.days_off)),
            make_up_workdays={day.isoformat(): weekday for day, weekday in sorted(entry.make_up_workdays.items())},
            years=entry.years,
        )
        for entry in district.calendars
    ]


def _units(district: District, edition: int, at: datetime) -> list[UnitDefined]:
    return [
        UnitDefined(
            at=at,
            edition=edition,
            id=entry.id,
            name=entry.name.as_name(),
            area=entry.area,
            relation=entry.relation,
            calendar=entry.calendar,
            escalates_to=entry.escalates_to,
        )
        for entry in district.units
    ]


def _people(district: District, edition: int, at: datetime, seal: Seal) -> list[PersonDefined]:
    return [
        PersonDefined(
            at=at,
            edition=edition,
            id=entry.id,
            unit=entry.unit,
            role=entry.role,
            name=seal(entry.id, entry.name),
            phone=seal(entry.id, entry.phone),
        )
        for entry in district.people
    ]


def _duties(district: District, edition: int, at: datetime) -> list[DutyDefined]:
    return [DutyDefined(at=at, edition=edition, id=entry.unit, shifts=shifts_of(entry)) for entry in district.duties]


def shifts_of(duty: DutyEntry) -> tuple[Shift, ...]:
    """The rota's shifts in the file's order, those that cross midnight in two."""
    return tuple(shift for entry in duty.shifts for shift in _shifts(entry))


def _shifts(entry: ShiftEntry) -> list[Shift]:
    by_times = groupby(entry.by_weekday(), key=lambda span: (span[1], span[2]))
    return [
        Shift(person=entry.person, weekdays=tuple(span[0] for span in spans), from_minute=opens, to_minute=closes)
        for (opens, closes), spans in by_times
    ]


def _places(district: District, edition: int, at: datetime) -> list[PlaceDefined]:
    return [
        PlaceDefined(
            at=at,
            edition=edition,
            id=entry.code,
            name=entry.name.as_name(),
            area=entry.area,
            path=district.area_path(entry.area),
            groups=entry.groups,
        )
        for entry in district.places
    ]


def _categories(district: District, edition: int, at: datetime) -> list[CategoryDefined]:
    return [
        CategoryDefined(
            at=at,
            edition=edition,
            id=entry.id,
            name=entry.name.as_name(),
            parent=entry.parent,
            order=position,
            words=entry.words,
        )
        for position, entry in enumerate(district.categories, start=1)
    ]


def _templates(district: District, edition: int, at: datetime) -> list[TemplateDefined]:
    return [
        TemplateDefined(at=at, edition=edition, id=entry.id, message=entry.message, zh=entry.zh, en=entry.en)
        for entry in district.templates
    ]


def _rules(district: District, edition: int, at: datetime) -> RulesDefined:
    return RulesDefined(at=at, edition=edition, id=district.id, rules=tuple(map(rule_of, district.rules)))


def _verification(entry: VerificationEntry) -> Verification:
    observe = entry.observe
    return Verification(
        unit=entry.unit,
        note=entry.note,
        photos_min=entry.photos_min,
        observe_minutes=observe.minutes if observe else None,
        observe_working_days=observe.working_days if observe else None,
    )


def rule_of(entry: RuleEntry) -> Rule:
    """The rule as its record carries it."""
    return Rule(
        id=entry.id,
        name=entry.name.as_name(),
        when=Conditions.model_validate(entry.when.model_dump(mode="json")),
        unit=entry.unit,
        urgency=entry.urgency,
        terms=tuple(
            Term.model_validate({"clock": clock, **term.model_dump(), "warn_at": term.warn_points()})
            for clock, term in entry.terms.items()
        ),
        whistle=tuple(RuleCall(unit=call.unit, task=call.task.as_name()) for call in entry.whistle),
        verification=_verification(entry.verification) if entry.verification else None,
        follow_ups=tuple(FollowUpTerm.model_validate(each.model_dump()) for each in entry.follow_ups),
        templates=dict(entry.templates),
        examples=tuple(RuleExample.model_validate(example.model_dump()) for example in entry.examples),
    )
