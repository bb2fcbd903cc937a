"""Working time: calendars with days off and make-up workdays (调休), and the arithmetic of minutes and days in them."""

from shared.working_time.calendar import Calendar, CalendarNotValidError, UnknownYearError

__all__ = ["Calendar", "CalendarNotValidError", "UnknownYearError"]
