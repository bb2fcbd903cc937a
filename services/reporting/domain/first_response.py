"""First response: working minutes from opened to first accepted, median and p90, of the cases accepted in the period.

Minutes count in the calendar that the unit which accepted has now: it comes by another topic than the case, so that
none may be there yet when the acceptance arrives, and one that is mended later (a list of days off published in
November) mends the figure too, also where it is told by classes. The median of an even number is the mean of the middle
two; p90 is the smallest number that nine in ten do not exceed. An acceptance dated before its report says nothing and
is left out.
Source: docs/domain.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import ClassVar

from services.reporting.domain.definition import FIRST_RESPONSE, Part, ResponseDefinition, told_by
from services.reporting.domain.duration import nine_in_ten
from shared.contracts.directory import Name
from shared.directory import Directory
from shared.working_time import Calendar, UnknownYearError

FIGURE = ResponseDefinition(
    id=FIRST_RESPONSE,
    name=Name(zh="首次响应", en="first response"),
    formula="working minutes from the report to the first acceptance, median and p90",
    numerator=Part(words="cases accepted for the first time in the period", names=("stage_accept",)),
    exclusions="Units whose calendar is not known; acceptances dated before their report, or after a merging.",
    period="the first acceptance",
    why=told_by(__doc__),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A case's first acceptance."""

    unit: str | None
    opened_at: datetime
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponse:
    """How long reporters waited until somebody took their case; no minutes where there is no count."""

    in_working_time: ClassVar[bool] = True

    count: int
    median_minutes: float | None = None
    p90_minutes: int | None = None
    # As of other times, and rounded to whole minutes besides.
    within_percent: float = 0.0


def calendars_by_unit(directory: Directory) -> dict[str, Calendar]:
    """The working time of each unit whose calendar is known."""
    calendars = {
        each.id: Calendar(
            hours=each.hours, days_off=each.days_off, make_up_workdays=each.make_up_workdays, years=each.years
        )
        for each in directory.calendars.values()
    }
    return {unit.id: calendars[unit.calendar] for unit in directory.units.values() if unit.calendar in calendars}


def response_minutes(acceptance: Acceptance, calendars: Mapping[str, Calendar]) -> int | None:
    """Working minutes until the acceptance; none where its unit's calendar is not known or its dates make no sense."""
    calendar = calendars.get(acceptance.unit or "")
    if calendar is None or acceptance.accepted_at < acceptance.opened_at:
        return None
    return _minutes(calendar, acceptance)


def first_response(minutes: Sequence[int]) -> FirstResponse:
    """The figure of these waiting times."""
    if not minutes:
        return FirstResponse(count=0)
    ordered = sorted(minutes)
    return FirstResponse(
        count=len(ordered), median_minutes=float(median(ordered)), p90_minutes=int(nine_in_ten(ordered))
    )


def _minutes(calendar: Calendar, acceptance: Acceptance) -> int:
    try:
        return calendar.minutes_between(acceptance.opened_at, acceptance.accepted_at)
    except UnknownYearError as unknown:
        # Deadlines count plain weekdays in a year whose list is not known; a figure must not be stricter than they.
        return _minutes(replace(calendar, years={*calendar.years, unknown.year}), acceptance)
