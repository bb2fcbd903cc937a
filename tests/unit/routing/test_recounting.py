"""Deadlines counted again after a calendar changed: what would end otherwise, and what is left as it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.routing.domain.case import decide
from services.routing.domain.case.commands import Accept, Command, GrantExtension, Resolve
from services.routing.domain.case.commands import AskExtension as Ask
from services.routing.domain.recounting import Recounted, recounted
from services.routing.domain.units import Units
from shared.contracts.routing import Clock, RoutingEvent, Term
from tests.unit.routing.district_samples import SMALL, changed, read_small
from tests.unit.routing.routing_samples import DISPATCHER, LEAD, assignment, folded, open_case, sealed

# A Tuesday, before office hours; with Friday off five workdays end a day later.
TUESDAY = datetime(2026, 4, 28, 0, 0, tzinfo=UTC)
TERMS = (Term(clock=Clock.ACCEPT, minutes=60), Term(clock=Clock.RESOLVE, working_days=5))
AS_IT_WAS = read_small(SMALL).units
WITH_FRIDAY_OFF = read_small(changed("[2026-10-01]", "[2026-05-01, 2026-10-01]")).units
MONDAY, TUESDAY_AFTER = (datetime(2026, 5, day, 0, 30, tzinfo=UTC) for day in (5, 6))


def events_of(*commands: Command) -> list[RoutingEvent]:
    """What these commands brought about, in a case opened under the calendar of before."""
    due = AS_IT_WAS.deadlines(TERMS, unit="committee", start=TUESDAY)
    opened = replace(open_case(), assignment=replace(assignment(), terms=TERMS, deadlines=due), now=TUESDAY)
    events: list[RoutingEvent] = []
    for command in (opened, *commands):
        events.extend(decide(folded(None, events), command))
    return events


def differing(units: Units, *commands: Command, now: datetime = TUESDAY) -> list[Recounted]:
    return recounted(events_of(*commands), units, now=now)


def test_the_same_calendar_counts_the_same() -> None:
    assert differing(AS_IT_WAS) == []


def test_a_day_off_that_was_announced_later_moves_the_deadlines_that_lie_behind_it() -> None:
    assert differing(WITH_FRIDAY_OFF) == [
        Recounted(clock=Clock.RESOLVE, unit="committee", before=MONDAY, after=TUESDAY_AFTER)
    ]


def test_what_has_passed_stays_passed() -> None:
    assert differing(WITH_FRIDAY_OFF, now=MONDAY) == []


def test_a_clock_that_stands_is_not_counted() -> None:
    accepted = Accept(by=LEAD, now=TUESDAY)
    resolved = Resolve(by=LEAD, note=sealed(), now=TUESDAY + timedelta(hours=1))

    assert [each.clock for each in differing(WITH_FRIDAY_OFF, accepted)] == [Clock.RESOLVE]
    assert differing(WITH_FRIDAY_OFF, accepted, resolved) == []


def test_a_deadline_that_the_grid_agreed_to_stays() -> None:
    later = MONDAY + timedelta(days=3)
    asked = Ask(by=LEAD, reason=sealed(), resolve_by=later, to_unit="grid", now=TUESDAY)

    granted = GrantExtension(by=DISPATCHER, now=TUESDAY)

    assert differing(WITH_FRIDAY_OFF, Accept(by=LEAD, now=TUESDAY), asked, granted) == []


def test_a_unit_that_has_gone_has_no_working_time_to_count_in() -> None:
    without = Units({}, WITH_FRIDAY_OFF.calendars)

    assert differing(without) == []
