"""Who goes wrong in a browser, or finds us at fault, is shown a page; programs are told in their own way, as before."""

from inspect import isawaitable
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.kernel.database import PLATFORM_ERRORS
from shared.kernel.problems import answer_with, show_unexpected
from shared.web.problems import PageProblem, problem_of_status
from shared.web.rendering import Renderer

API = "/api/"
# No such address, none that takes this method, and what it needs is away.
SHOWN = (404, 405, 503)


def install(app: FastAPI, renderer: Renderer) -> None:
    """Have what stands at no address of an application, and faults of ours, answered by a page where a person asks."""
    show_our_faults(app, renderer)
    app.add_exception_handler(HTTPException, _by_who_asks(renderer, app.exception_handlers[HTTPException]))


def show_our_faults(app: FastAPI, renderer: Renderer) -> None:
    """Have what nobody expected, and what is away, answered by a page where a person asks."""

    def shown(request: Request) -> Response | None:
        return renderer.problem(request, PageProblem.OUR_FAULT) if is_a_person(request) else None

    show_unexpected(app, shown)
    for error in PLATFORM_ERRORS:
        answer_with(app, error, _by_who_asks(renderer, app.exception_handlers[error]))


def _by_who_asks(renderer: Renderer, for_machines: Any) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        # Machines' own answer also logs what is our fault.
        answered = for_machines(request, error)
        response: Response = await answered if isawaitable(answered) else answered
        if response.status_code in SHOWN and is_a_person(request):
            return renderer.problem(request, problem_of_status(response.status_code))
        return response

    return answer


def is_a_person(request: Request) -> bool:
    """Browsers name HTML when they go somewhere; what is for machines answers them as machines all the same."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(API)
