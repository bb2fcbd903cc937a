"""Readiness tells what is wrong and what a service does without, and only the first makes it unready."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from shared.kernel.health import routes

AWAY = {"photos": "the store does not answer"}
FAILED = {"database": "ConnectionRefusedError"}


async def readiness(troubles: Mapping[str, str], limits: Mapping[str, str]) -> tuple[int, Any]:
    async def check() -> Mapping[str, str]:
        return troubles

    app = FastAPI()
    app.include_router(routes({"intake": check}, lambda: {}, lambda: {"intake": limits}))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://yima") as http:
        told = await http.get("/readyz")
    return told.status_code, told.json()


@pytest.mark.parametrize(
    ("troubles", "limits", "told"),
    [
        ({}, {}, (200, {"status": "ready", "troubles": {}})),
        ({}, AWAY, (200, {"status": "ready", "troubles": {}, "limits": {"intake": AWAY}})),
        (FAILED, {}, (503, {"status": "not ready", "troubles": {"intake": FAILED}})),
        (FAILED, AWAY, (503, {"status": "not ready", "troubles": {"intake": FAILED}, "limits": {"intake": AWAY}})),
    ],
)
async def test_only_what_keeps_it_from_its_work_makes_a_service_unready(
    troubles: Mapping[str, str], limits: Mapping[str, str], told: tuple[int, Any]
) -> None:
    assert await readiness(troubles, limits) == told
