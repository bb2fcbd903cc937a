"""Every check of a district file, in an order in which the later ones can rely on the earlier."""

from collections.abc import Iterator
from datetime import date

from services.routing.domain.checks.calendars import calendars_not_valid, days_of_no_year, missing_years
from services.routing.domain.checks.entries import (
    codes_not_printable,
    duplicate_ids,
    phones_that_are_none,
    rings,
    roots_and_levels,
    two_units_of_one_relation,
    words_of_two_categories,
)
from services.routing.domain.checks.finding import Finding, Severity
from services.routing.domain.checks.reaching import (
    places_without_committee,
    rules_for_hours_that_never_come,
    rules_without_place,
)
from services.routing.domain.checks.references import unknown_references
from services.routing.domain.checks.ruling import (
    calls_that_reach_nobody,
    examples_that_fall_elsewhere,
    last_rule_not_catching_all,
    places_without_unit,
    rules_that_never_match,
    rules_without_clock,
    rules_without_example,
)
from services.routing.domain.checks.staffing import (
    duties_of_who_may_not_accept,
    ladders_without_next_level,
    units_nobody_answers_for,
)
from services.routing.domain.checks.verifying import rules_that_nobody_verifies
from services.routing.domain.district import District

__all__ = ["Finding", "Severity", "findings"]


def findings(district: District, *, today: date) -> list[Finding]:
    """All that is wrong with the file. How entries work together is looked at once each of them stands."""
    alone = [*_of_entries(district), *missing_years(district, today=today)]
    if any(finding.severity is Severity.ERROR for finding in alone):
        return alone
    return [*alone, *_of_the_whole(district)]


def _of_entries(district: District) -> Iterator[Finding]:
    yield from duplicate_ids(district)
    yield from unknown_references(district)
    yield from rings(district)
    yield from roots_and_levels(district)
    yield from two_units_of_one_relation(district)
    yield from words_of_two_categories(district)
    yield from codes_not_printable(district)
    yield from phones_that_are_none(district)
    yield from calendars_not_valid(district)
    yield from days_of_no_year(district)


def _of_the_whole(district: District) -> Iterator[Finding]:
    yield from ladders_without_next_level(district)
    yield from units_nobody_answers_for(district)
    yield from duties_of_who_may_not_accept(district)
    yield from places_without_committee(district)
    yield from last_rule_not_catching_all(district)
    yield from rules_that_never_match(district)
    yield from rules_without_place(district)
    yield from rules_for_hours_that_never_come(district)
    yield from places_without_unit(district)
    yield from calls_that_reach_nobody(district)
    yield from rules_that_nobody_verifies(district)
    yield from rules_without_clock(district)
    yield from rules_without_example(district)
    yield from examples_that_fall_elsewhere(district)
