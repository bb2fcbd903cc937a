"""When somebody of a unit is on duty, as working time that minutes can be counted in.

A rota goes by weekdays and knows no holidays: who is on duty on Sundays is there on National Day too. Who it is does
not matter, so that a cover (代班) changes nothing: it lies within the turn of whom it replaces.
"""

from shared.contracts.directory import DutyDefined
from shared.working_time import EVERY_YEAR, Calendar, joined

WEEKDAYS = range(1, 8)


def duty_time(duty: DutyDefined) -> Calendar | None:
    """The hours that the rota's shifts cover together; none where they cover nothing."""
    shifts = [shift for shift in duty.shifts if shift.from_minute < shift.to_minute]
    hours = {
        weekday: joined((shift.from_minute, shift.to_minute) for shift in shifts if weekday in shift.weekdays)
        for weekday in WEEKDAYS
    }
    return Calendar(hours=hours, years=EVERY_YEAR) if any(hours.values()) else None
