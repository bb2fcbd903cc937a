"""The open inbox hears of what its member may see, over a real connection, and no longer than the session lasts."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx2
import pytest_asyncio
import uvicorn

from services.routing.app import create_app
from services.routing.domain.case import Status
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of

TOLD_WITHIN_S = 20.0


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


@pytest_asyncio.fixture(loop_scope="session")
async def address(desk: Desk) -> AsyncIterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(desk.routing), lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


@asynccontextmanager
async def stream(address: str, cookie: str, **headers: str) -> AsyncIterator[AsyncIterator[str]]:
    async with (
        httpx2.AsyncClient(base_url=address, timeout=TOLD_WITHIN_S) as client,
        client.stream("GET", "/desk/live", headers={"cookie": f"yima_desk={cookie}", **headers}) as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        yield response.aiter_lines()


async def next_change(lines: AsyncIterator[str]) -> dict[str, object]:
    async with asyncio.timeout(TOLD_WITHIN_S):
        async for line in lines:
            if line.startswith("data: "):
                return dict(json.loads(line.removeprefix("data: ")))
    raise AssertionError("the stream has ended")


async def report(desk: Desk) -> UUID:
    ticket = await desk.residents.report("消防通道被堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def test_a_new_case_and_its_change_are_told_by_id_and_state_alone(staff: Staff, desk: Desk, address: str) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        stream(address, lead.client.cookies["yima_desk"]) as lines,
    ):
        assert await anext(lines) == "retry: 3000"
        ticket = await report(desk)
        opened = await next_change(lines)
        await lead.act(ticket, "accept")
        while (accepted := await next_change(lines))["status"] != "accepted":
            pass

    assert (opened["case"], set(opened)) == (str(ticket), {"case", "version", "status"})
    assert accepted == {"case": str(ticket), "version": 3, "status": "accepted"}


async def test_who_comes_back_is_told_what_they_missed_and_another_unit_is_not(
    staff: Staff, desk: Desk, address: str
) -> None:
    before = await desk.routing.live.position()
    ticket = await report(desk)
    since = {"last-event-id": str(before)}
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("police-duty-1") as police:
        async with stream(address, lead.client.cookies["yima_desk"], **since) as lines:
            missed = await next_change(lines)
        async with stream(address, police.client.cookies["yima_desk"], **since) as lines:
            assert await anext(lines) == "retry: 3000"
            await lead.act(ticket, "accept")
            await lead.act(ticket, "whistle", units="xinhe-police", task="请派人到东门")
            called = await next_change(lines)

    assert (missed["case"], missed["status"]) == (str(ticket), "assigned")
    assert called["version"] == 4


async def test_a_stream_ends_with_its_session(staff: Staff, address: str) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        stream(address, lead.client.cookies["yima_desk"]) as lines,
    ):
        assert await anext(lines) == "retry: 3000"
        await lead.client.post("/desk/sign-out")
        async with asyncio.timeout(TOLD_WITHIN_S):
            rest = [line async for line in lines if line]
        again = await lead.get("/desk/live")

    assert rest == []
    assert (again.status_code, again.text) == (204, "")
