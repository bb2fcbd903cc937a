"""How a page answers when something is refused: in the reader's language, with what to do."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from services.intake.domain.errors import (
    Fault,
    IntakeError,
    Refusal,
    RetiredPlaceError,
    TrapFilledError,
    UnknownPlaceError,
    UnknownTicketError,
)
from services.intake.pages.problems import problem_of_misread
from shared.kernel.database import PLATFORM_ERRORS
from shared.kernel.event_store import ConcurrentAppendError, IdempotencyConflictError
from shared.kernel.problems import log_unavailable
from shared.kernel.work import RaceLostError
from shared.web import forms
from shared.web.forms import FieldFault
from shared.web.problems import PageProblem, problem_of_status
from shared.web.rendering import Renderer

UNAVAILABLE: tuple[type[BaseException], ...] = (RaceLostError, *PLATFORM_ERRORS)
PROBLEMS: dict[type[IntakeError], PageProblem] = {
    UnknownPlaceError: PageProblem.UNKNOWN_PLACE,
    RetiredPlaceError: PageProblem.RETIRED_PLACE,
    UnknownTicketError: PageProblem.UNKNOWN_TICKET,
    TrapFilledError: PageProblem.NOT_VALID,
}
# What a page's form can be told; other faults belong to machines.
FAULTS: dict[Fault, forms.Fault] = {
    Fault.REQUIRED: forms.Fault.REQUIRED,
    Fault.TOO_LONG: forms.Fault.TOO_LONG,
    Fault.NOT_PRINTABLE: forms.Fault.NOT_PRINTABLE,
    Fault.NOT_A_PHONE: forms.Fault.NOT_A_PHONE,
    Fault.NOT_A_CHOICE: forms.Fault.NOT_A_CHOICE,
    Fault.NOT_A_PHOTO: forms.Fault.NOT_A_PHOTO,
    Fault.PHOTO_TOO_LARGE: forms.Fault.PHOTO_TOO_LARGE,
    Fault.TOO_MANY_PHOTOS: forms.Fault.TOO_MANY_PHOTOS,
}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def page_route(renderer: Renderer) -> type[APIRoute]:
    """Routes whose refusals are pages."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await handle(request)
                except (IntakeError, HTTPException) as error:
                    response = renderer.problem(request, _problem_of(error))
                    response.headers.update(error.headers or {})
                    return response
                except IdempotencyConflictError:
                    # It was sent before, with other words: those count, and the page must be loaded anew.
                    return renderer.problem(request, PageProblem.FORM_SPENT)
                except ConcurrentAppendError:
                    return renderer.problem(request, PageProblem.CHANGED_MEANWHILE)
                except RequestValidationError as error:
                    return renderer.problem(request, problem_of_misread(error.errors()))
                except UNAVAILABLE as error:
                    log_unavailable(error)
                    return renderer.problem(request, PageProblem.UNAVAILABLE)

            return answer

    return PageRoute


def faults_of(refusals: Sequence[Refusal]) -> dict[str, FieldFault]:
    """What is shown beside the fields."""
    return {
        each.field: FieldFault(FAULTS.get(each.fault, forms.Fault.NOT_A_CHOICE), {"max": each.limit})
        for each in refusals
    }


def _problem_of(error: IntakeError | HTTPException) -> PageProblem:
    if isinstance(error, IntakeError) and type(error) in PROBLEMS:
        return PROBLEMS[type(error)]
    return problem_of_status(error.status if isinstance(error, IntakeError) else error.status_code)
