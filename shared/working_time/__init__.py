"""Working time: calendars with days off and make-up workdays (调休), and the arithmetic of minutes and days in them."""

from shared.working_time.calendar import EVERY_YEAR, Calendar, CalendarNotValidError, UnknownYearError, joined

__all__ = ["EVERY_YEAR", "Calendar", "CalendarNotValidError", "UnknownYearError", "joined"]
