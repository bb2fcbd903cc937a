"""What a person is shown when the desk refuses: the door, or a page that says why and what to do."""

from http import HTTPStatus
from inspect import isawaitable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.routing.domain.duty.errors import NobodyOnDutyError, SwapAskedError, SwapOverError
from services.routing.domain.errors import RoutingError
from services.routing.domain.errors.finishing import ObservedError
from services.routing.domain.errors.handling import ChangedMeanwhileError
from services.routing.pages.doors import FirstPasswordError, NotSignedInError, to_first_password, to_sign_in
from shared.kernel.event_store import IdempotencyConflictError
from shared.kernel.objects import ObjectsAwayError
from shared.kernel.problems import ProblemError
from shared.web.problems import PageProblem, problem_of_status
from shared.web.rendering import Renderer
from shared.web.strayed import show_our_faults

PAGES = "/desk"
# Somebody was faster: on the case, or with a turn of duty.
CHANGED = (ChangedMeanwhileError, NobodyOnDutyError, SwapAskedError, SwapOverError)


def install(app: FastAPI, renderer: Renderer) -> None:
    """Have what is refused on a page of the desk answered by a page; what machines ask stays as it was installed."""
    show_our_faults(app, renderer)
    for error, answer in list(app.exception_handlers.items()):
        app.add_exception_handler(error, _by_audience(renderer, answer))
    app.add_exception_handler(NotSignedInError, to_sign_in)
    app.add_exception_handler(FirstPasswordError, to_first_password)


def _by_audience(renderer: Renderer, for_machines: Any) -> Any:
    async def answer(request: Request, error: Exception) -> Response:
        # Machines' own answer also logs what is our fault, and knows what there is no page for.
        answered = for_machines(request, error)
        response: Response = await answered if isawaitable(answered) else answered
        if not request.url.path.startswith(PAGES):
            return response
        return renderer.problem(request, page_of(error, response.status_code))

    return answer


def page_of(error: Exception, answered: int = HTTPStatus.INTERNAL_SERVER_ERROR) -> PageProblem:
    """Only who was outrun is told that somebody was faster; what the case refuses as it stands is told so."""
    if isinstance(error, ObservedError):
        return PageProblem.OBSERVED
    if isinstance(error, ObjectsAwayError):
        return PageProblem.PHOTOS_AWAY
    outrun = isinstance(error, CHANGED) or not isinstance(error, RoutingError)
    page = problem_of_status(status_of(error, answered))
    if page is PageProblem.NOT_FOUND:
        # Staff have no code to scan again; what they miss here is a case of somebody else.
        return PageProblem.UNKNOWN_CASE
    return page if outrun or page is not PageProblem.CHANGED_MEANWHILE else PageProblem.NOT_NOW


def status_of(error: Exception, answered: int) -> int:
    """The HTTP status that an error knows, or that its kind has; otherwise what machines were answered."""
    if isinstance(error, ProblemError | RoutingError):
        return type(error).status
    if isinstance(error, IdempotencyConflictError):
        return HTTPStatus.CONFLICT
    return int(getattr(error, "status_code", answered))
