"""The domain's refusals as problem details."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.routing.domain.errors import RoutingError
from shared.kernel.event_store import IdempotencyConflictError
from shared.kernel.misread import FieldProblem
from shared.kernel.problems import UNAVAILABLE, Problem, answer_with, of_kind
from shared.kernel.work import RaceLostError


def install(app: FastAPI) -> None:
    """Have what the domain refuses answered as a problem."""
    answer_with(app, RoutingError, _refused)


async def _refused(request: Request, error: RoutingError) -> JSONResponse:
    return problem_of(error).response(request.app)


def problem_of(error: RoutingError | IdempotencyConflictError | RaceLostError) -> Problem:
    """What an act was refused for, as it is answered when the act was the whole request."""
    match error:
        case RoutingError():
            fields = [FieldProblem(each.field, each.reason, each.remedy) for each in error.faults]
            return of_kind(type(error), error.status, fields)
        case IdempotencyConflictError():
            return of_kind(IdempotencyConflictError, HTTPStatus.UNPROCESSABLE_ENTITY)
        case RaceLostError():
            return UNAVAILABLE
