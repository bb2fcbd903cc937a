"""A deadline 15 working days ahead, in the pilot's office hours and across the official holidays of a year.

Starts are spread over every hour of the year from the first of January: nights, weekends, holidays and make-up workdays
are among them, and what was worked out for one start serves no other. The floor is to add as many days without a
calendar. Pure: no database, no network, one core.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from bench.assign_by_rules import pilot_rulebook
from bench.front_door import median_ratio
from bench.results import Result, result
from bench.scale import Scale
from services.routing.domain.deadlines import due
from shared.contracts.routing import Clock, Term
from shared.working_time import Calendar

CALENDAR = "office-hours"
WORKING_DAYS = 15
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
# Eleven months: the last start's deadline still lies in the year whose list is known.
SPREAD_OVER = timedelta(days=334)
TERM = Term(clock=Clock.RESOLVE, working_days=WORKING_DAYS)


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `working_time`."""
    calendar = pilot_rulebook().units.calendars[CALENDAR]
    starts = [FIRST + SPREAD_OVER * number / scale.deadlines for number in range(scale.deadlines)]
    rates = [_round(calendar, starts) for _ in range(scale.rounds)]
    return [
        result(
            "working_time",
            value=median(ours for ours, _ in rates),
            unit="deadlines/s, 15 working days ahead",
            reference=("days added without a calendar", median(floor for _, floor in rates)),
            ratio=median_ratio(rates),
        )
    ]


def _round(calendar: Calendar, starts: Sequence[datetime]) -> tuple[float, float]:
    ahead = timedelta(days=WORKING_DAYS)
    return (
        _per_second(lambda start: due(TERM, calendar=calendar, start=start), starts),
        _per_second(lambda start: start + ahead, starts),
    )


def _per_second(deadline: Callable[[datetime], datetime], starts: Sequence[datetime]) -> float:
    began = perf_counter()
    for start in starts:
        deadline(start)
    return len(starts) / (perf_counter() - began)
