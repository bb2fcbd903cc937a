"""Who asks, and which version of a case they looked at."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member, member_of
from shared.kernel.description import token_described
from shared.kernel.problems import ProblemError

# A cookie never counts here, since no form's field guards this interface.
SESSION = token_described("staff session", "The token of `POST /api/v1/cases/session`.")


class NotSignedInError(ProblemError):
    """Sign in at `/api/v1/cases/session` and send the token as `Authorization: Bearer`."""

    status = 401


class FirstPasswordFirstError(ProblemError):
    """The first-use password must be changed at the desk before anything else."""

    status = 403


class VersionNotValidError(ProblemError):
    """If-Match takes the ETag that the case was read with, such as "7"."""

    status = 400


def bearer(request: Request) -> str:
    """The token of the request."""
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def signed_in(service: Routing) -> Callable[[Request], Awaitable[Member]]:
    """What finds the member of staff whose program asks, before anything else of the request is looked at."""

    async def member(request: Request) -> Member:
        found = await member_of(service, bearer(request))
        if found is None:
            raise NotSignedInError
        if found.must_change:
            raise FirstPasswordFirstError
        return found

    return member


def version_in(if_match: str | None) -> int | None:
    """The version that the caller looked at; none when they do not say.

    Raises:
        VersionNotValidError: it is no version.
    """
    if if_match is None:
        return None
    digits = if_match.strip().strip('"')
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        raise VersionNotValidError
    return int(digits)
