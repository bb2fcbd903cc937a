"""Who stands at the desk's door: the session behind a cookie, and where those without one are sent."""

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.routing.config import Config
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member, SignedIn, member_of
from services.routing.pages.door_views import SignInPage, Trouble
from shared.web.forms import EMPTY_FORM, Form
from shared.web.passes import FIGURES, PASS_COOKIE, PHONE_DESK

COOKIE = "yima_desk"
HOME = "/desk"
SIGN_IN = "/desk/sign-in"
PROVIDER = "/desk/sign-in/provider"
# What the provider must be told as our redirect URI.
RETURN = "/desk/sign-in/return"
OF_A_CASE = re.compile(rf"{HOME}/cases/[0-9a-f-]{{36}}(?=/)")
# Where the provider says whom it has signed out.
SIGNED_OUT_THERE = "/desk/sign-in/signed-out-there"
FIRST_PASSWORD = "/desk/first-password"  # noqa: S105 - an address, not a secret.


class NotSignedInError(Exception):
    """Nobody is signed in; the desk's door is shown instead."""


class FirstPasswordError(Exception):
    """The first-use password must be changed before anything else."""


async def signed_in(service: Routing, request: Request) -> Member:
    """The member of staff who asks.

    Raises:
        NotSignedInError: there is no session, or it is over.
        FirstPasswordError: the password is still the first-use one.
    """
    member = await member_of(service, request.cookies.get(COOKIE))
    if member is None:
        raise NotSignedInError
    if member.must_change:
        raise FirstPasswordError
    return member


async def to_sign_in(request: Request, _error: Exception) -> Response:
    """To the door, and from there back to what was asked for."""
    return RedirectResponse(f"{SIGN_IN}?next={quote(_asked_for(request), safe='')}", status_code=303)


async def to_first_password(request: Request, _error: Exception) -> Response:
    """To the page where one's own password is set, and from there back to what was asked for."""
    return RedirectResponse(first_password_before(_asked_for(request)), status_code=303)


def first_password_before(wanted: str) -> str:
    """The address where one's own password is set, which leads on to what is wanted."""
    return FIRST_PASSWORD if wanted == HOME else f"{FIRST_PASSWORD}?next={quote(wanted, safe='')}"


def _asked_for(request: Request) -> str:
    """What can be asked for again."""
    if request.method != "GET":
        # What was typed is still in the browser, at the case that it is about.
        page = OF_A_CASE.match(request.url.path)
        return (f"{page[0]}?{request.url.query}" if request.url.query else page[0]) if page else HOME
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def inside(address: str) -> str:
    """An address of the desk to go on to; anything else could lead a signed-in person astray."""
    is_ours = address == HOME or address.startswith((f"{HOME}/", f"{HOME}?"))
    return address if is_ours and "\\" not in address and "//" not in address else HOME


def sign_in_page(
    config: Config, wanted: str, *, form: Form = EMPTY_FORM, trouble: Trouble | None = None, account: str = ""
) -> SignInPage:
    """The door with the ways in that there are, leading to what is wanted."""
    provider = config.oidc_name if config.oidc_issuer else None
    return SignInPage(
        next=wanted, form=form, local=config.local_accounts, provider=provider, trouble=trouble, account=account
    )


def remember(response: Response, session: SignedIn, config: Config) -> None:
    """The session's cookie: for the desk's own pages, out of scripts' reach. Its age counts, for phones' clocks err."""
    response.set_cookie(
        COOKIE,
        session.token,
        max_age=config.session_hours * 3600,
        path=HOME,
        secure=config.is_secure,
        httponly=True,
        samesite="lax",
    )
    # That of whoever sat here before, and was signed out from elsewhere, is good for some seconds more.
    _forget_passes(response, secure=config.is_secure)


def forget(response: Response, *, secure: bool) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path=HOME, secure=secure, httponly=True, samesite="lax")
    _forget_passes(response, secure=secure)


def _forget_passes(response: Response, *, secure: bool) -> None:
    for pages in (FIGURES, PHONE_DESK):
        response.delete_cookie(PASS_COOKIE, path=pages, secure=secure, httponly=True, samesite="lax")
