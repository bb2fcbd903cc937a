"""Rules that no report can come to, and places where nobody would be there for their residents."""

from collections.abc import Iterator

from services.routing.domain.checks.calendars import calendar_of_entry
from services.routing.domain.checks.finding import Finding
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.district import MINUTES_A_DAY, CalendarEntry, District
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import OF_THE_PLACE
from shared.contracts.directory import Rule

COMMITTEE = f"committee{OF_THE_PLACE}"
WHOLE_DAY = ((0, MINUTES_A_DAY),)


def reach(rule: Rule, rulebook: Rulebook) -> list[str]:
    """Places where the rule could match."""
    where, whom = set(rule.when.areas), set(rule.when.groups)
    return [
        code
        for code, place in rulebook.places.items()
        if (not where or not where.isdisjoint(place.path)) and (not whom or not whom.isdisjoint(place.groups))
    ]


def rules_without_place(district: District) -> Iterator[Finding]:
    """A rule for areas and groups of which the file has no place."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        if rulebook.places and not reach(rule, rulebook):
            yield Finding(path=("rules", position, "when"), kind="rule_without_place", params={"id": rule.id})


def rules_for_hours_that_never_come(district: District) -> Iterator[Finding]:
    """A rule for the time outside working hours whose units work day and night."""
    rulebook = rulebook_of(district)
    never_off = {entry.id for entry in district.calendars if _never_off(entry)}
    for position, rule in enumerate(rulebook.rules):
        if rule.when.working_time is not False:
            continue
        units = {rulebook.units.unit_for(rule.unit, rulebook.places[code].path) for code in reach(rule, rulebook)}
        found = [rulebook.units.by_id[unit] for unit in sorted(filter(None, units))]
        if found and all(unit.calendar in never_off for unit in found):
            params = {"id": rule.id, "unit": found[0].id}
            path = ("rules", position, "when", "working_time")
            yield Finding(path=path, kind="rule_for_hours_that_never_come", params=params)


def _never_off(entry: CalendarEntry) -> bool:
    hours = calendar_of_entry(entry).hours
    return not entry.days_off and len(hours) == len(range(1, 8)) and all(spans == WHOLE_DAY for spans in hours.values())


def places_without_committee(district: District) -> Iterator[Finding]:
    """Each area whose places have no residents' committee above them, at its first place."""
    rulebook, counted = rulebook_of(district), dict[str, list[int]]()
    for position, place in enumerate(district.places):
        if rulebook.units.unit_for(COMMITTEE, rulebook.places[place.code].path) is None:
            counted.setdefault(place.area, []).append(position)
    for area, positions in counted.items():
        first = positions[0]
        params: dict[str, str | int] = {"area": area, "place": district.places[first].code, "count": len(positions)}
        yield Finding(path=("places", first, "area"), kind="place_without_committee", params=params)
