"""China's official days off and make-up workdays, year by year as the State Council's notices print them.

The lists are carried as files, one a confirmed year, because a calendar library estimates a year whose notice has not
been published yet (without make-up workdays) and does not say so. A year without a file is an `UnknownYearError`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from shared.working_time.calendar import Calendar, Hours, UnknownYearError

OFFICE_DAY = ((510, 690), (810, 1050))
OFFICE_HOURS: Hours = dict.fromkeys(range(1, 6), OFFICE_DAY)

# The notices name the weekend days that are worked, not whose hours they take; offices open as on any weekday.
MAKE_UP_WEEKDAY = 1


@dataclass(frozen=True, slots=True)
class OfficialYear:
    """One year's notice: ISO dates, days off first."""

    year: int
    notice: str
    days_off: tuple[str, ...]
    make_up_workdays: tuple[str, ...]


@cache
def official_year(year: int) -> OfficialYear:
    """The notice of a year.

    Raises:
        UnknownYearError: no notice of that year is carried here.
    """
    return _read(year)


def china_calendar(years: Iterable[int], *, hours: Hours = OFFICE_HOURS) -> Calendar:
    """Working time in China in these years; make-up workdays take Monday's hours.

    Raises:
        UnknownYearError: one of the years has no published notice here.
    """
    notices = [official_year(year) for year in years]
    return Calendar(
        hours=hours,
        days_off=[day for notice in notices for day in notice.days_off],
        make_up_workdays={day: MAKE_UP_WEEKDAY for notice in notices for day in notice.make_up_workdays},
        years=[notice.year for notice in notices],
    )


def _read(year: int) -> OfficialYear:
    published = resources.files(__package__) / f"{year}.json"
    if not published.is_file():
        raise UnknownYearError(year)
    fields: dict[str, Any] = json.loads(published.read_text(encoding="utf-8"))
    return OfficialYear(
        year=fields["year"],
        notice=fields["notice"],
        days_off=tuple(fields["days_off"]),
        make_up_workdays=tuple(fields["make_up_workdays"]),
    )
