"""The route by which the reporter's contact is looked at: the answer shows it once, and nothing is kept open."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.routing.handlers import Routing
from services.routing.handlers.contact import reveal_contact
from services.routing.handlers.performing import Asked
from services.routing.handlers.reading import known_id
from services.routing.pages.case_page import case_page
from services.routing.pages.doors import signed_in
from services.routing.pages.forms import FORM_TOKEN_LENGTH_MAX, mark_of
from shared.web.rendering import Renderer

FORM_BYTES_MAX = 64 * 1024


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes of the contact; they come before those of the other acts."""
    routes = APIRouter(prefix="/desk/cases")

    @routes.get("/{case_id}/contact")
    async def back(request: Request, case_id: str) -> Response:
        # Whoever opens the address again looks at the case; to look at the contact is to ask for it.
        await signed_in(service, request)
        return RedirectResponse(f"/desk/cases/{known_id(case_id)}", status_code=303)

    @routes.post("/{case_id}/contact", max_body_size=FORM_BYTES_MAX)
    async def contact(request: Request, case_id: str) -> Response:
        member = await signed_in(service, request)
        key = mark_of(await request.form(), "form_token", length_max=FORM_TOKEN_LENGTH_MAX)
        if not key:
            raise HTTPException(400)
        read, revealed = await reveal_contact(service, Asked(member=member, case_id=known_id(case_id), key=key))
        forgotten = renderer.say(request, "case.forgotten")
        page = await case_page(service, member, read, forgotten=forgotten, revealed=revealed)
        return renderer.render(request, "case.html", {"page": page})

    return routes
