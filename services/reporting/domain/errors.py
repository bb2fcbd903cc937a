"""What reporting refuses, each with its status."""

from typing import ClassVar


class ReportingError(Exception):
    """The figures can not be told."""

    status: ClassVar[int] = 422
    # None where it is no fault of the question.
    field: ClassVar[str] = ""
    remedy: ClassVar[str] = ""


class PeriodEmptyError(ReportingError):
    """The period ends before it begins; `to` is the first day after it, so it must be later than `from`."""

    field = "to"
    remedy = "Give a day later than `from`."


class PeriodTooEarlyError(ReportingError):
    """The period begins before there were any figures; ask for one from 2000 on."""

    field = "from"
    remedy = "Give a day from 2000-01-01 on."


class PeriodNotBegunError(ReportingError):
    """The period has not begun yet; ask for one that has."""

    field = "from"
    remedy = "Give a day that has begun, in Asia/Shanghai."


class PeriodTooLongError(ReportingError):
    """The period is too long to be told at once; ask for a shorter one."""

    field = "to"
    remedy = "Give an earlier day, and ask for the rest apart."


class TooMuchAtOnceError(ReportingError):
    """This asks for too much at once: it is narrowed or told apart by two things, and would be counted case by case."""

    field = "to"
    remedy = "Ask for a shorter period, or narrow or tell apart by one thing alone."


class OthersAskMuchError(ReportingError):
    """Others ask for much at once, and this is told only after them; nothing was counted."""

    status = 429


class UnknownAreaError(ReportingError):
    """The directory has no such area; ask for one by the id that the district file gives it."""

    field = "area"
    remedy = "Take an id of the district file's areas, or leave it out."


class NoDenominatorError(ReportingError):
    """The figure is a number of its own, and has no denominator to look behind."""

    field = "of"
    remedy = "Leave it out, or give numerator."


class NotAMonthError(ReportingError):
    """Only whole calendar months are published; give the first day of one and of the next."""

    field = "to"
    remedy = "Give the first day of a month and of the month after it."


class MonthNotOverError(ReportingError):
    """The month still runs, so that its figures still change; publish it when it is over."""

    field = "to"
    remedy = "Wait for the month's end, in Asia/Shanghai."


class AlreadyPublishedError(ReportingError):
    """The month was published before, and what was said stays; what has changed since is shown as a correction."""

    status = 409
    field = "month"
    remedy = "Read the corrections beside the published figures."


class NotPublishedError(ReportingError):
    """The month has not been published, or this figure was not of it then, so that nothing of it can be corrected."""

    status = 404
    field = "from"
    remedy = "Ask for the figures, or publish the month first."
