"""The way from the desk to pages of it that are another service's: whoever is signed in is given a pass to them."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.routing.handlers import Routing
from services.routing.handlers.accounts import pass_of
from services.routing.pages.doors import inside, signed_in
from shared.web.passes import FIGURES, GOOD_FOR, PASS_COOKIE, PASS_DOOR, PHONE_DESK
from shared.web.rendering import Renderer


def router(service: Routing, _renderer: Renderer) -> APIRouter:
    """The route of the pass."""
    routes = APIRouter()

    @routes.api_route(PASS_DOOR, methods=["GET", "POST"], response_model=None)
    async def let_on(request: Request) -> Response:
        member = await signed_in(service, request)
        wanted = inside(request.query_params.get("next", FIGURES))
        opens = next((pages for pages in (FIGURES, PHONE_DESK) if wanted.startswith(pages)), None)
        # A form whose pass had run out is sent on with all that was typed.
        status = HTTPStatus.SEE_OTHER if request.method == "GET" else HTTPStatus.TEMPORARY_REDIRECT
        response = RedirectResponse(wanted if opens else FIGURES, status_code=status)
        token, _ = pass_of(service, member, opens=opens or FIGURES)
        response.set_cookie(
            PASS_COOKIE,
            token,
            max_age=int(GOOD_FOR.total_seconds()),
            path=opens or FIGURES,
            secure=service.config.is_secure,
            httponly=True,
            samesite="lax",
        )
        return response

    return routes
