"""Intake's refusals as RFC 9457 problems, field by field."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.intake.domain.errors import IntakeError, RefusedFieldsError
from shared.kernel.misread import FieldProblem
from shared.kernel.problems import TYPE_BASE, Problem, answer_with, problem_name


def install(app: FastAPI) -> None:
    """Have every refusal of intake answered as a problem."""
    answer_with(app, IntakeError, _refused)


async def _refused(request: Request, error: IntakeError) -> JSONResponse:
    return problem_of(error).response(request.app)


def problem_of(error: IntakeError) -> Problem:
    """A refusal as it is sent."""
    refused = error.refusals if isinstance(error, RefusedFieldsError) else ()
    fields = [FieldProblem(each.field, each.reason, each.remedy) for each in refused]
    kind = type(error)
    return Problem(
        TYPE_BASE + problem_name(kind),
        kind.title(),
        kind.status,
        detail=" ".join(map(str, error.args)),
        errors=fields,
        headers=error.headers,
    )
