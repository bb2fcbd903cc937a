"""Names that lead nowhere: an area, unit, person, category, place or calendar that the file does not have."""

from collections.abc import Collection, Iterable, Iterator

from services.routing.domain.checks.finding import Finding, Step
from services.routing.domain.district import District, RuleEntry
from services.routing.domain.units import relation_in


def unknown_references(district: District) -> Iterator[Finding]:
    """One finding for each name that nothing in the file bears."""
    yield from _of_the_tree(district)
    yield from _of_staff(district)
    for position, rule in enumerate(district.rules):
        yield from _of_rule(district, rule, ("rules", position))


def _of_the_tree(district: District) -> Iterator[Finding]:
    areas = {area.id for area in district.areas}
    units = {unit.id for unit in district.units}
    for position, area in enumerate(district.areas):
        yield from _unknown(("areas", position, "parent"), area.parent, areas, kind="unknown_area")
    for position, place in enumerate(district.places):
        yield from _unknown(("places", position, "area"), place.area, areas, kind="unknown_area")
    for position, unit in enumerate(district.units):
        here: tuple[Step, ...] = ("units", position)
        calendars = {calendar.id for calendar in district.calendars}
        yield from _unknown((*here, "area"), unit.area, areas, kind="unknown_area")
        yield from _unknown((*here, "calendar"), unit.calendar, calendars, kind="unknown_calendar")
        yield from _unknown((*here, "escalates_to"), unit.escalates_to, units, kind="unknown_unit")


def _of_staff(district: District) -> Iterator[Finding]:
    units = {unit.id for unit in district.units}
    members = {person.id: person.unit for person in district.people}
    for position, person in enumerate(district.people):
        yield from _unknown(("people", position, "unit"), person.unit, units, kind="unknown_unit")
    for position, duty in enumerate(district.duties):
        yield from _unknown(("duties", position, "unit"), duty.unit, units, kind="unknown_unit")
        for turn, shift in enumerate(duty.shifts):
            here: tuple[Step, ...] = ("duties", position, "shifts", turn, "person")
            yield from _unknown(here, shift.person, members, kind="unknown_person")
            if members.get(shift.person, duty.unit) != duty.unit:
                yield Finding(path=here, kind="person_of_another_unit", params={"id": shift.person, "unit": duty.unit})


def _of_rule(district: District, rule: RuleEntry, here: tuple[Step, ...]) -> Iterator[Finding]:
    areas = {area.id for area in district.areas}
    categories = {category.id for category in district.categories}
    places = {place.code for place in district.places}
    yield from _each_unknown((*here, "when", "areas"), rule.when.areas, areas, kind="unknown_area")
    yield from _each_unknown((*here, "when", "categories"), rule.when.categories, categories, kind="unknown_category")
    groups = {group for place in district.places for group in place.groups}
    yield from _each_unknown((*here, "when", "groups"), rule.when.groups, groups, kind="unknown_group")
    yield from _unknown_unit(district, rule.unit, (*here, "unit"))
    for position, call in enumerate(rule.whistle):
        yield from _unknown_unit(district, call.unit, (*here, "whistle", position, "unit"))
    if rule.verification is not None and rule.verification.unit is not None:
        yield from _unknown_unit(district, rule.verification.unit, (*here, "verification", "unit"))
    for position, follow_up in enumerate(rule.follow_ups):
        yield from _unknown_unit(district, follow_up.unit, (*here, "follow_ups", position, "unit"))
    for position, example in enumerate(rule.examples):
        there: tuple[Step, ...] = (*here, "examples", position)
        yield from _unknown((*there, "place"), example.place, places, kind="unknown_place")
        yield from _unknown((*there, "category"), example.category, categories, kind="unknown_category")


def _unknown_unit(district: District, reference: str, path: tuple[Step, ...]) -> Iterator[Finding]:
    relation = relation_in(reference)
    if relation is None:
        yield from _unknown(path, reference, {unit.id for unit in district.units}, kind="unknown_unit")
    else:
        yield from _unknown(path, relation, {unit.relation for unit in district.units}, kind="unknown_relation")


def _unknown(
    path: tuple[Step, ...], name: str | None, known: Collection[str | None], *, kind: str
) -> Iterator[Finding]:
    if name is not None and name not in known:
        yield Finding(path=path, kind=kind, params={"id": name})


def _each_unknown(
    path: tuple[Step, ...], names: Iterable[str], known: Collection[str | None], *, kind: str
) -> Iterator[Finding]:
    for position, name in enumerate(names):
        yield from _unknown((*path, position), name, known, kind=kind)
