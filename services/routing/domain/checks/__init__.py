"""Every check of a district file, in an order in which the later ones can rely on the earlier."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from services.routing.domain.checks.calendars import calendars_not_valid, days_of_no_year, missing_years
from services.routing.domain.checks.duty_clocks import duty_clocks_that_do_not_run
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
    first_responses_within_accepting,
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
from services.routing.domain.checks.wordings import (
    placeholders_never_filled,
    templates_of_many_segments,
    templates_that_lead_nowhere,
    templates_that_name_what_is_not_offered,
    templates_that_nobody_asks_for,
    templates_that_nobody_wrote,
)
from services.routing.domain.district import District

__all__ = ["OF_ENTRIES", "OF_THE_WHOLE", "Finding", "Severity", "findings", "missing_years"]


Check = Callable[[District], Iterator[Finding]]

# What each entry says by itself, and whether its names lead anywhere.
OF_ENTRIES: tuple[Check, ...] = (
    duplicate_ids,
    unknown_references,
    rings,
    roots_and_levels,
    two_units_of_one_relation,
    words_of_two_categories,
    codes_not_printable,
    phones_that_are_none,
    calendars_not_valid,
    days_of_no_year,
    templates_that_name_what_is_not_offered,
    templates_that_lead_nowhere,
    templates_that_nobody_wrote,
)
# How entries work together.
OF_THE_WHOLE: tuple[Check, ...] = (
    ladders_without_next_level,
    units_nobody_answers_for,
    duties_of_who_may_not_accept,
    duty_clocks_that_do_not_run,
    places_without_committee,
    last_rule_not_catching_all,
    rules_that_never_match,
    rules_without_place,
    rules_for_hours_that_never_come,
    places_without_unit,
    calls_that_reach_nobody,
    rules_that_nobody_verifies,
    rules_without_clock,
    first_responses_within_accepting,
    placeholders_never_filled,
    templates_of_many_segments,
    templates_that_nobody_asks_for,
    rules_without_example,
    examples_that_fall_elsewhere,
)


def findings(district: District, *, today: date) -> list[Finding]:
    """All that is wrong with the file. How entries work together is looked at once each of them stands."""
    alone = [*_found(OF_ENTRIES, district), *missing_years(district, today=today)]
    if any(finding.severity is Severity.ERROR for finding in alone):
        return alone
    return [*alone, *_found(OF_THE_WHOLE, district)]


def _found(checks: Iterable[Check], district: District) -> Iterator[Finding]:
    return (finding for check in checks for finding in check(district))
