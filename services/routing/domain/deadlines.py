"""By when: terms become moments once, when their clock starts, and later calendars change nothing that was promised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.routing import Clock, Deadlines, Term
from shared.working_time import EVERY_YEAR, Calendar, UnknownYearError


class CountedIn(StrEnum):
    """What a term is counted in: the unit's workdays, its hours, the time in which it has somebody on duty, or all."""

    DAYS = "days"
    HOURS = "hours"
    DUTY = "duty"
    ROUND_THE_CLOCK = "round_the_clock"


@dataclass(frozen=True, slots=True)
class Run:
    """Until when a clock runs, and its warn points (催办) on the way; none without a term."""

    until: datetime | None = None
    warnings: tuple[datetime, ...] = ()


NEVER = Run()


def counted_in(term: Term) -> CountedIn:
    """In which of the four ways the term is counted."""
    if term.working_days is not None:
        return CountedIn.DAYS
    if term.on_duty:
        return CountedIn.DUTY
    return CountedIn.HOURS if term.working_time else CountedIn.ROUND_THE_CLOCK


def deadlines(runs: Mapping[Clock, Run]) -> Deadlines:
    """The moment at which each clock runs out; one that does not run has no deadline."""
    accept, resolve = runs.get(Clock.ACCEPT, NEVER), runs.get(Clock.RESOLVE, NEVER)
    return Deadlines(
        accept_by=accept.until,
        resolve_by=resolve.until,
        accept_warnings=accept.warnings,
        resolve_warnings=resolve.warnings,
    )


def run(term: Term, *, calendar: Calendar, start: datetime) -> Run:
    """How the term's clock runs, started now."""
    until = due(term, calendar=calendar, start=start)
    return Run(until, warnings(term, calendar=calendar, start=start, deadline=until))


def warnings(term: Term, *, calendar: Calendar, start: datetime, deadline: datetime) -> tuple[datetime, ...]:
    """When the unit is reminded on the way, counted like the term: nobody is woken at night for working time."""
    moments = (_share(term, calendar, start, deadline, per_cent) for per_cent in term.warn_at)
    return tuple(moment for moment in moments if start < moment < deadline)


def _share(term: Term, calendar: Calendar, start: datetime, deadline: datetime, per_cent: int) -> datetime:
    if not term.working_time:
        return start + (deadline - start) * per_cent / 100
    minutes = minutes_left(calendar, start, deadline) * per_cent // 100
    return due(Term(clock=term.clock, minutes=max(1, minutes)), calendar=calendar, start=start)


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
