"""What is wrong with a form as a whole, where no field of the page can show it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from fastapi import Request, Response

from shared.web.problems import PageProblem
from shared.web.rendering import Renderer


class FormProblem(StrEnum):
    """Its messages are `problem.<value>.heading`, `.text` and `.remedy`, as those of the shared problems."""

    status: int

    def __new__(cls, value: str, status: int) -> "FormProblem":
        """A reason with the status it is sent with."""
        problem = str.__new__(cls, value)
        problem._value_ = value
        problem.status = status
        return problem

    FORM_SPENT = ("form_spent", 409)
    FORM_NOT_UTF8 = ("form_not_utf8", 422)
    FORM_ALTERED = ("form_altered", 422)


# Kinds of what validation finds.
MISREAD = {
    "not_utf8": FormProblem.FORM_NOT_UTF8,
    "extra_forbidden": FormProblem.FORM_ALTERED,
    "repeated": FormProblem.FORM_ALTERED,
    "too_many_fields": FormProblem.FORM_ALTERED,
}


def problem_of_misread(errors: Sequence[Mapping[str, Any]]) -> FormProblem | PageProblem:
    """The page for a form that could not be taken apart."""
    return MISREAD.get(errors[0]["type"], PageProblem.NOT_UNDERSTOOD) if errors else PageProblem.NOT_UNDERSTOOD


def problem_page(renderer: Renderer, request: Request, problem: FormProblem | PageProblem) -> Response:
    """The page that says it and what to do."""
    return renderer.render(request, "problem.html", {"problem": problem}, status=problem.status)
