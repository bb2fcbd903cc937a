"""What a person is told when a page cannot be had: why, and what to do, never only a number."""

from enum import StrEnum


class PageProblem(StrEnum):
    """Every reason for an error page; its messages are `problem.<value>.heading`, `.text` and `.remedy`."""

    status: int

    def __new__(cls, value: str, status: int) -> "PageProblem":
        """A reason with the status it is sent with."""
        problem = str.__new__(cls, value)
        problem._value_ = value
        problem.status = status
        return problem

    NOT_UNDERSTOOD = ("not_understood", 400)
    NOT_ALLOWED = ("not_allowed", 403)
    FORM_EXPIRED = ("form_expired", 403)
    NOT_FOUND = ("not_found", 404)
    UNKNOWN_PLACE = ("unknown_place", 404)
    UNKNOWN_TICKET = ("unknown_ticket", 404)
    UNKNOWN_CASE = ("unknown_case", 404)
    CHANGED_MEANWHILE = ("changed_meanwhile", 409)
    FORM_SPENT = ("form_spent", 409)
    NOT_NOW = ("not_now", 409)
    OBSERVED = ("observed", 409)
    RETIRED_PLACE = ("retired_place", 410)
    TOO_LARGE = ("too_large", 413)
    FORM_ALTERED = ("form_altered", 422)
    FORM_NOT_UTF8 = ("form_not_utf8", 422)
    NOT_VALID = ("not_valid", 422)
    TOO_MUCH_AT_ONCE = ("too_much_at_once", 422)
    TOO_MANY = ("too_many", 429)
    OTHERS_ASK_MUCH = ("others_ask_much", 429)
    OUR_FAULT = ("our_fault", 500)
    PHOTOS_AWAY = ("photos_away", 503)
    UNAVAILABLE = ("unavailable", 503)


_BY_STATUS = {
    400: PageProblem.NOT_UNDERSTOOD,
    401: PageProblem.NOT_ALLOWED,
    403: PageProblem.NOT_ALLOWED,
    404: PageProblem.NOT_FOUND,
    405: PageProblem.NOT_FOUND,
    409: PageProblem.CHANGED_MEANWHILE,
    410: PageProblem.RETIRED_PLACE,
    412: PageProblem.CHANGED_MEANWHILE,
    413: PageProblem.TOO_LARGE,
    422: PageProblem.NOT_VALID,
    429: PageProblem.TOO_MANY,
    503: PageProblem.UNAVAILABLE,
}


def problem_of_status(status: int) -> PageProblem:
    """The page for an error that knows only its HTTP status."""
    return _BY_STATUS.get(status, PageProblem.NOT_UNDERSTOOD if status < 500 else PageProblem.OUR_FAULT)
