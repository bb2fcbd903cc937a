"""The domain's refusals as problem details."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.routing.domain.errors import RoutingError
from shared.kernel.misread import FieldProblem
from shared.kernel.problems import TYPE_BASE, Problem, answer_with, meaning, problem_name


def install(app: FastAPI) -> None:
    """Have what the domain refuses answered as a problem."""
    answer_with(app, RoutingError, _refused)


async def _refused(request: Request, error: RoutingError) -> JSONResponse:
    kind = type(error)
    fields = [FieldProblem(each.field, each.reason, each.remedy) for each in error.faults]
    return Problem(TYPE_BASE + problem_name(kind), meaning(kind), kind.status, errors=fields).response(request.app)
