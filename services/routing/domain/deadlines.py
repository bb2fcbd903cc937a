"""By when: terms become moments once, when their clock starts, and later calendars change nothing that was promised."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from shared.contracts.routing import Clock, Deadlines, Term
from shared.working_time import Calendar, UnknownYearError

EVERY_YEAR = frozenset(range(MINYEAR, MAXYEAR + 1))


def deadlines(terms: Iterable[Term], *, calendar: Calendar, start: datetime) -> Deadlines:
    """The moment at which each clock of the terms runs out; a clock without a term has no deadline."""
    due_at = {term.clock: due(term, calendar=calendar, start=start) for term in terms}
    return Deadlines(accept_by=due_at.get(Clock.ACCEPT), resolve_by=due_at.get(Clock.RESOLVE))


def report_by(terms: Iterable[Term], *, calendar: Calendar, start: datetime) -> datetime | None:
    """By when a called unit must report in; none where the terms do not say."""
    term = next((term for term in terms if term.clock is Clock.REPORT_IN), None)
    return due(term, calendar=calendar, start=start) if term else None


def minutes_left(calendar: Calendar, since: datetime, deadline: datetime) -> int:
    """Working minutes that a deadline was away; one at least, so that what stood still is never late at once."""
    try:
        return max(1, calendar.minutes_between(since, deadline))
    except UnknownYearError:
        return max(1, replace(calendar, years=EVERY_YEAR).minutes_between(since, deadline))


def due(term: Term, *, calendar: Calendar, start: datetime) -> datetime:
    """The moment at which the term runs out."""
    try:
        return _due(term, calendar, start)
    except UnknownYearError:
        # In late December a term may reach into a year whose official list is not out. A case must not wait for the
        # State Council: we count plain weekdays there, which errs on the strict side, and the district file's check
        # warns of the missing year until it is added.
        return _due(term, replace(calendar, years=EVERY_YEAR), start)


def _due(term: Term, calendar: Calendar, start: datetime) -> datetime:
    if term.working_days is not None:
        return calendar.add_days(start, term.working_days)
    minutes = term.minutes or 0
    return calendar.add_minutes(start, minutes) if term.working_time else start + timedelta(minutes=minutes)
