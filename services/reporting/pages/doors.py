"""Who stands before the figures' pages: the pass that the desk's door gave, and where those without one are sent."""

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.reporting.projections import Reporting
from shared.web.passes import PASS_COOKIE, PASS_DOOR, Pass


class NotLetInError(Exception):
    """Nobody is known by this pass; the desk's door gives another to whoever is signed in."""


def let_in(service: Reporting, request: Request) -> Pass:
    """Who asks.

    Raises:
        NotLetInError: there is no pass, or its time is over.
    """
    told = service.passes.read(request.cookies.get(PASS_COOKIE))
    if told is None:
        raise NotLetInError
    return told


async def to_the_door(request: Request, _error: Exception) -> Response:
    """To the desk's door, and from there back to what was asked for."""
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return RedirectResponse(f"{PASS_DOOR}?next={quote(asked, safe='')}", status_code=303)
