"""What a person is shown when a page of the figures can not be: the desk's door, or a page that says why."""

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.reporting.domain.errors import OthersAskMuchError, TooMuchAtOnceError
from shared.web.pass_doors import NotLetInError, to_the_door
from shared.web.passes import FIGURES
from shared.web.problems import PageProblem, problem_of_status
from shared.web.rendering import Renderer
from shared.web.strayed import show_our_faults

SHOWN: Mapping[type[Exception], PageProblem] = {
    TooMuchAtOnceError: PageProblem.TOO_MUCH_AT_ONCE,
    OthersAskMuchError: PageProblem.OTHERS_ASK_MUCH,
}


def install(app: FastAPI, renderer: Renderer) -> None:
    """Have what fails on a page answered by a page; what machines ask stays as it was installed."""
    show_our_faults(app, renderer)
    for error, answer in list(app.exception_handlers.items()):
        app.add_exception_handler(error, _by_audience(renderer, answer))
    app.add_exception_handler(NotLetInError, to_the_door)


def _by_audience(renderer: Renderer, for_machines: Any) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        # Machines' own answer also logs what is our fault.
        answered = for_machines(request, error)
        response: Response = await answered if isawaitable(answered) else answered
        if not request.url.path.startswith(FIGURES):
            return response
        return renderer.problem(request, SHOWN.get(type(error)) or problem_of_status(response.status_code))

    return answer
