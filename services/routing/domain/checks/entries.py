"""Entries that cannot stand as they are: doubled ids, rings, levels out of order, codes and phones that are none."""

import re
from collections.abc import Iterable, Iterator, Mapping

from services.routing.domain.checks.finding import Finding
from services.routing.domain.district import District
from services.routing.domain.rules import plain
from shared.contracts.directory import AreaLevel
from shared.privacy.phone import PhoneNotValidError, normalised_phone

# What is easily misread on a worn sticker is left out: 0 and O, 1 and I and L.
CODE = re.compile(r"[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{6,8}")
LEVELS = tuple(AreaLevel)


def duplicate_ids(district: District) -> Iterator[Finding]:
    """Two entries of one kind under one id."""
    yield from _doubled("areas", "id", (area.id for area in district.areas))
    yield from _doubled("places", "code", (place.code for place in district.places))
    yield from _doubled("units", "id", (unit.id for unit in district.units))
    yield from _doubled("people", "id", (person.id for person in district.people))
    yield from _doubled("duties", "unit", (duty.unit for duty in district.duties))
    yield from _doubled("categories", "id", (category.id for category in district.categories))
    yield from _doubled("rules", "id", (rule.id for rule in district.rules))
    yield from _doubled("templates", "id", (template.id for template in district.templates))
    yield from _doubled("calendars", "id", (calendar.id for calendar in district.calendars))


def _doubled(section: str, field: str, ids: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, entry_id in enumerate(ids):
        if entry_id in seen:
            yield Finding(path=(section, position, field), kind="duplicate_id", params={"id": entry_id})
        seen.add(entry_id)


def rings(district: District) -> Iterator[Finding]:
    """Areas, categories or ladders that lead back to themselves."""
    areas = {area.id: area.parent for area in district.areas}
    categories = {category.id: category.parent for category in district.categories}
    ladder = {unit.id: unit.escalates_to for unit in district.units}
    yield from _ringed("areas", "parent", areas)
    yield from _ringed("categories", "parent", categories)
    yield from _ringed("units", "escalates_to", ladder)


def _ringed(section: str, field: str, above: Mapping[str, str | None]) -> Iterator[Finding]:
    for position, entry_id in enumerate(above):
        if _leads_back(entry_id, above):
            yield Finding(path=(section, position, field), kind="ring", params={"id": entry_id})


def _leads_back(start: str, above: Mapping[str, str | None]) -> bool:
    step, seen = above[start], set[str]()
    while step is not None and step != start and step not in seen:
        seen.add(step)
        step = above.get(step)
    return step == start


def roots_and_levels(district: District) -> Iterator[Finding]:
    """The district alone stands at the top, and every other area lies in one of a higher level."""
    levels = {area.id: LEVELS.index(area.level) for area in district.areas}
    for position, area in enumerate(district.areas):
        is_district = area.level is AreaLevel.DISTRICT
        if is_district != (area.parent is None):
            yield Finding(path=("areas", position, "level"), kind="area_without_parent", params={"id": area.id})
        elif area.parent is not None and levels.get(area.parent, -1) >= levels[area.id]:
            params = {"id": area.id, "parent": area.parent}
            yield Finding(path=("areas", position, "level"), kind="level_not_below_parent", params=params)
    if sum(area.level is AreaLevel.DISTRICT for area in district.areas) != 1:
        yield Finding(path=("areas",), kind="not_one_district")


def two_units_of_one_relation(district: District) -> Iterator[Finding]:
    """An area with two committees leaves it open which one a rule means."""
    first: dict[tuple[str, str], str] = {}
    for position, unit in enumerate(district.units):
        if unit.relation is None:
            continue
        other = first.setdefault((unit.relation, unit.area), unit.id)
        if other != unit.id:
            params = {"relation": unit.relation, "area": unit.area, "other": other}
            yield Finding(path=("units", position, "relation"), kind="two_units_of_one_relation", params=params)


def words_of_two_categories(district: District) -> Iterator[Finding]:
    """A word for two categories tells nothing: which of them is meant would hang on their order."""
    first: dict[str, str] = {}
    for position, category in enumerate(district.categories):
        for which, word in enumerate(category.words):
            other = first.setdefault(plain(word), category.id)
            if other != category.id:
                path = ("categories", position, "words", which)
                yield Finding(path=path, kind="word_of_two_categories", params={"word": word, "other": other})


def codes_not_printable(district: District) -> Iterator[Finding]:
    """Codes that a person could not read off a sticker and type."""
    for position, place in enumerate(district.places):
        if not CODE.fullmatch(place.code):
            yield Finding(path=("places", position, "code"), kind="code_not_printable")


def phones_that_are_none(district: District) -> Iterator[Finding]:
    """Phones at which nobody could be reached. The sample range counts as one: the pilot is made of it."""
    for position, person in enumerate(district.people):
        try:
            normalised_phone(person.phone, allow_unassigned=True)
        except PhoneNotValidError:
            yield Finding(path=("people", position, "phone"), kind="phone_not_valid", params={"id": person.id})
