"""Who asks for the tickets behind a figure: whoever is signed in at the desk, by a pass of its interface."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from services.reporting.projections import Reporting
from shared.kernel.description import token_described
from shared.kernel.problems import ProblemError
from shared.web.passes import Pass

PASS = token_described("pass", "The token of `POST /api/v1/cases/pass`, good for ten seconds.")


class PassNeededError(ProblemError):
    """The tickets behind a figure are shown to whoever may read them at the desk, and no pass says who asks."""

    status = 401


def let_in(service: Reporting) -> Callable[[Request], Awaitable[Pass]]:
    """What finds who asks. A cookie never counts here."""

    async def reader(request: Request) -> Pass:
        written = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        told = service.passes.read(written)
        if told is None:
            raise PassNeededError
        return told

    return reader
