"""The domain's refusals as problem details."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.routing.domain.errors import RoutingError
from shared.kernel.problems import TYPE_BASE, Problem, problem_name


def install(app: FastAPI) -> None:
    """Have what the domain refuses answered as a problem."""
    app.add_exception_handler(RoutingError, _refused)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    kind = type(error)
    title = " ".join((kind.__doc__ or "").split())
    status = getattr(kind, "status", 409)
    return Problem(TYPE_BASE + problem_name(kind), title, status).response()
