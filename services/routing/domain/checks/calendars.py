"""Calendars that cannot be counted with, or that end before a deadline does."""

from collections.abc import Iterator
from datetime import date

from services.routing.domain.checks.finding import Finding, Severity, Step
from services.routing.domain.district import CalendarEntry, District
from shared.working_time import Calendar, CalendarNotValidError

# The State Council announces a year's list in autumn, by the end of November at the latest. In December deadlines
# already fall into the year that comes.
LAST_MONTH = 12


def calendar_of_entry(entry: CalendarEntry) -> Calendar:
    """The entry as arithmetic.

    Raises:
        CalendarNotValidError: its hours or dates are none.
    """
    return Calendar(
        hours=entry.spans(),
        days_off=[day.isoformat() for day in entry.days_off],
        make_up_workdays={day.isoformat(): weekday for day, weekday in entry.make_up_workdays.items()},
        years=entry.years,
    )


def calendars_not_valid(district: District) -> Iterator[Finding]:
    """Hours and dates that contradict each other."""
    for position, entry in enumerate(district.calendars):
        try:
            calendar_of_entry(entry)
        except CalendarNotValidError as error:
            params = {"id": entry.id, "field": error.field_name, "reason": error.reason}
            yield Finding(path=("calendars", position), kind="calendar_not_valid", params=params)


def missing_years(district: District, *, today: date) -> Iterator[Finding]:
    """Years without their official list: this one stops everything, and from December on so does the next.

    One list is missing for all calendars at once, so that each year is said once, at the first that lacks it.
    """
    for year in (today.year, today.year + 1):
        lacking = {position: entry.id for position, entry in enumerate(district.calendars) if year not in entry.years}
        if lacking:
            yield _year_missing(("calendars", min(lacking), "years"), ", ".join(lacking.values()), year, today)


def _year_missing(path: tuple[Step, ...], ids: str, year: int, today: date) -> Finding:
    if year == today.year or today.month == LAST_MONTH:
        return Finding(path=path, kind="year_missing", params={"ids": ids, "year": year})
    params: dict[str, str | int] = {"ids": ids, "year": year, "this_year": today.year}
    return Finding(path=path, kind="next_year_missing", params=params, severity=Severity.WARNING)


def days_of_no_year(district: District) -> Iterator[Finding]:
    """Days off and make-up workdays of a year that the calendar does not know: nobody ever counts them."""
    for position, entry in enumerate(district.calendars):
        days: list[tuple[tuple[Step, ...], date]] = [
            *((("days_off", which), day) for which, day in enumerate(entry.days_off)),
            *((("make_up_workdays", day.isoformat()), day) for day in entry.make_up_workdays),
        ]
        for where, day in days:
            if day.year not in entry.years:
                params: dict[str, str | int] = {"id": entry.id, "day": day.isoformat(), "year": day.year}
                path = ("calendars", position, *where)
                yield Finding(path=path, kind="day_of_no_year", params=params, severity=Severity.WARNING)
