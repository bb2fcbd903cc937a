"""Which page says what is wrong with a form as a whole, where no field of the page can show it."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.web.problems import PageProblem

# By the kind of what validation finds.
MISREAD = {
    "not_utf8": PageProblem.FORM_NOT_UTF8,
    "extra_forbidden": PageProblem.FORM_ALTERED,
    "repeated": PageProblem.FORM_ALTERED,
    "too_many_fields": PageProblem.FORM_ALTERED,
}


def problem_of_misread(errors: Sequence[Mapping[str, Any]]) -> PageProblem:
    """The page for a form that could not be taken apart."""
    return MISREAD.get(errors[0]["type"], PageProblem.NOT_UNDERSTOOD) if errors else PageProblem.NOT_UNDERSTOOD
