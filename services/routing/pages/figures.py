"""The way from the desk to the figures, which are another service's: whoever is signed in is given a pass."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.routing.handlers import Routing
from services.routing.handlers.accounts import pass_of
from services.routing.pages.doors import inside, signed_in
from shared.web.passes import FIGURES, GOOD_FOR, PASS_COOKIE, PASS_DOOR
from shared.web.rendering import Renderer


def router(service: Routing, _renderer: Renderer) -> APIRouter:
    """The route of the pass."""
    routes = APIRouter()

    @routes.get(PASS_DOOR)
    async def let_on(request: Request) -> Response:
        member = await signed_in(service, request)
        wanted = inside(request.query_params.get("next", FIGURES))
        response = RedirectResponse(wanted if wanted.startswith(FIGURES) else FIGURES, status_code=303)
        token, _ = pass_of(service, member)
        response.set_cookie(
            PASS_COOKIE,
            token,
            max_age=int(GOOD_FOR.total_seconds()),
            path=FIGURES,
            secure=service.config.is_secure,
            httponly=True,
            samesite="lax",
        )
        return response

    return routes
