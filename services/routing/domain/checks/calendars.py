"""Calendars that cannot be counted with, or that end before the year does."""

from collections.abc import Iterator

from services.routing.domain.checks.finding import Finding, Severity
from services.routing.domain.district import CalendarEntry, District
from shared.working_time import Calendar, CalendarNotValidError


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


def missing_years(district: District, *, this_year: int) -> Iterator[Finding]:
    """Years without their official list: this one stops everything, the next is asked for before it begins."""
    wanted = ((this_year, Severity.ERROR), (this_year + 1, Severity.WARNING))
    for position, entry in enumerate(district.calendars):
        for year, severity in wanted:
            if year not in entry.years:
                path = ("calendars", position, "years")
                yield Finding(path=path, kind="year_missing", params={"id": entry.id, "year": year}, severity=severity)
