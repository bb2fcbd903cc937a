"""What reporting refuses, each with its status."""

from typing import ClassVar


class ReportingError(Exception):
    """The figures can not be told."""

    status: ClassVar[int] = 422
    field: ClassVar[str]


class PeriodEmptyError(ReportingError):
    """The period ends before it begins; `to` is the first day after it, so it must be later than `from`."""

    field = "to"


class PeriodNotBegunError(ReportingError):
    """The period has not begun yet; ask for one that has."""

    field = "from"


class PeriodTooLongError(ReportingError):
    """The period is too long to be told at once; ask for a shorter one."""

    field = "to"


class UnknownAreaError(ReportingError):
    """The directory has no such area; ask for one by the id that the district file gives it."""

    field = "area"
