"""Readiness tells what is wrong and what a service does without, and only the first makes it unready."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from shared.kernel.health import Check, routes

AWAY = {"photos": "the store does not answer"}
FAILED = {"database": "ConnectionRefusedError"}


async def readiness(troubles: Mapping[str, str], limits: Mapping[str, str]) -> tuple[int, Any]:
    async def check() -> Mapping[str, str]:
        return troubles

    return await asked({"intake": check}, limits)


async def asked(checks: Mapping[str, Check], limits: Mapping[str, str]) -> tuple[int, Any]:
    app = FastAPI()
    app.include_router(routes(checks, lambda: {}, lambda: {"intake": limits}))
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


async def test_services_are_asked_together_so_that_a_database_that_hangs_is_waited_for_once() -> None:
    both = asyncio.Barrier(2)

    async def check() -> Mapping[str, str]:
        await asyncio.wait_for(both.wait(), timeout=5)
        return {}

    assert await asked({"intake": check, "routing": check}, {}) == (200, {"status": "ready", "troubles": {}})
