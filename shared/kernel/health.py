"""Alive and ready: `/healthz` says that the process and its loops run, `/readyz` that it can do its work.

Promise: who is away, how much there is to do and what an operator must see to are told by readiness alone, so that
nobody restarts a process for what a restart does not mend. What a service does without is told there too, and leaves it
ready.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Check = Callable[[], Awaitable[Mapping[str, str]]]
Stalled = Callable[[], Mapping[str, Sequence[str]]]
Limited = Callable[[], Mapping[str, Mapping[str, str]]]


def routes(checks: Mapping[str, Check], stalled: Stalled, limited: Limited) -> APIRouter:
    """The two addresses for these services. A check returns what is wrong, by part; nothing when all is well."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", response_model=None)
    async def alive() -> JSONResponse:
        """The process runs and so do its loops, or which of them hang: then it should be started anew."""
        hanging = {name: list(loops) for name, loops in stalled().items() if loops}
        if hanging:
            return JSONResponse({"status": "stalled", "loops": hanging}, 503)
        return JSONResponse({"status": "alive"})

    @router.get("/readyz", response_model=None)
    async def ready() -> JSONResponse:
        """It can do its work, or what keeps it from it, by service and part."""
        # Together: a database that hangs is waited for once, and not by each service after the other.
        troubles = await asyncio.gather(*(check() for check in checks.values()))
        wrong = {name: dict(trouble) for name, trouble in zip(checks, troubles, strict=True) if trouble}
        # Who cannot keep photos takes reports all the same: nobody is to be sent elsewhere for that.
        limits = {name: dict(limit) for name, limit in limited().items() if limit}
        told: dict[str, Any] = {"status": "not ready" if wrong else "ready", "troubles": wrong}
        return JSONResponse({**told, "limits": limits} if limits else told, 503 if wrong else 200)

    return router
