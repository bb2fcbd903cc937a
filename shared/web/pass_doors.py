"""Who stands before another service's pages of the desk: the pass they were given, and where those without one go."""

from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.web.passes import PASS_COOKIE, PASS_DOOR, Pass, Passes


class NotLetInError(Exception):
    """Nobody is known by this pass; the desk's door gives another to whoever is signed in."""


def let_in(passes: Passes, request: Request, *, opens: str) -> Pass:
    """Who asks for these pages.

    Raises:
        NotLetInError: there is no pass, it is for other pages, or its time is over.
    """
    told = passes.read(request.cookies.get(PASS_COOKIE), opens=opens)
    if told is None:
        raise NotLetInError
    return told


async def to_the_door(request: Request, _error: Exception) -> Response:
    """To the desk's door, and from there back to what was asked for: a form is sent on with all that was typed."""
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    status = HTTPStatus.SEE_OTHER if request.method == "GET" else HTTPStatus.TEMPORARY_REDIRECT
    return RedirectResponse(f"{PASS_DOOR}?next={quote(asked, safe='')}", status_code=status)
