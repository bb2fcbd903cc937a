"""Who asks, by which token."""

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
