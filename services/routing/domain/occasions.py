"""When a follow-up is due: a day on which its unit works, from its opening, and by when it must be done."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.routing.domain.case.follow_up import FollowUp, Occasion
from services.routing.domain.deadlines import due
from services.routing.domain.units import Units
from shared.contracts.routing import Clock, Term
from shared.working_time import EVERY_YEAR, Calendar, UnknownYearError

# Nobody is woken to put up a sign: who works round the clock is reminded in the morning.
NOT_BEFORE = time(8)
ONE_DAY = timedelta(days=1)


def occasion(
    units: Units, unit: str, *, start: datetime, days: int, working_days: bool = False, terms: Iterable[Term] = ()
) -> Occasion:
    """So many days after `start`; where nobody works on that day, on the next workday.

    A term for follow-ups counts from the reminder; without one the day's last close is the deadline.
    """
    calendar = units.time_of(unit)
    try:
        opens, closes = _span(calendar, start, days, working_days=working_days)
    except UnknownYearError:
        # As other deadlines: a year whose list is not out has plain weekdays.
        opens, closes = _span(replace(calendar, years=EVERY_YEAR), start, days, working_days=working_days)
    term = next((term for term in terms if term.clock is Clock.FOLLOW_UP), None)
    deadline = due(term, calendar=units.time_of(unit, term), start=opens) if term else closes
    return Occasion(due=opens, deadline=deadline)


def next_occasion(units: Units, known: FollowUp, *, now: datetime, terms: Iterable[Term] = ()) -> Occasion | None:
    """The next time, counted from when this one was due; from now where that has passed: none is made up for."""
    if known.every_days is None or not known.comes_again:
        return None
    days, working_days = known.every_days, known.working_days
    as_planned = occasion(units, known.unit, start=known.due, days=days, working_days=working_days, terms=terms)
    if as_planned.due > now:
        return as_planned
    return occasion(units, known.unit, start=now, days=days, working_days=working_days, terms=terms)


def deadline_from(units: Units, known: FollowUp, *, now: datetime) -> datetime:
    """By when it must be done if the reminder comes now: as planned, and never before who is reminded has had a day."""
    if known.deadline > now:
        return known.deadline
    today = occasion(units, known.unit, start=now, days=0)
    return today.deadline if today.deadline > now else occasion(units, known.unit, start=now, days=1).deadline


def _day(calendar: Calendar, start: datetime, days: int, *, working_days: bool) -> date:
    day = calendar.day_of(start)
    for _ in range(days):
        day += ONE_DAY
        while working_days and not calendar.is_workday(day):
            day += ONE_DAY
    return day


def _span(calendar: Calendar, start: datetime, days: int, *, working_days: bool) -> tuple[datetime, datetime]:
    day = _day(calendar, start, days, working_days=working_days)
    while (span := calendar.span_of(day)) is None:
        day += ONE_DAY
    opens, closes = span
    morning = datetime.combine(day, NOT_BEFORE, ZoneInfo(calendar.timezone)).astimezone(opens.tzinfo)
    return (max(opens, morning) if morning < closes else opens), closes
