"""Alive and ready: `/healthz` says that the process runs, `/readyz` that it can do its work."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Check = Callable[[], Awaitable[Mapping[str, str]]]


def routes(checks: Mapping[str, Check]) -> APIRouter:
    """The two addresses for these services. A check returns what is wrong, by part; nothing when all is well."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """The process runs."""
        return {"status": "alive"}

    @router.get("/readyz", response_model=None)
    async def ready() -> JSONResponse:
        """It can do its work, or what keeps it from it, by service and part."""
        troubles: dict[str, Any] = {name: dict(await check()) for name, check in checks.items()}
        wrong = {name: trouble for name, trouble in troubles.items() if trouble}
        return JSONResponse({"status": "not ready" if wrong else "ready", "troubles": wrong}, 503 if wrong else 200)

    return router
