"""A case that can not go on: suspended by the grid, shown so, and back by itself on the day that was agreed."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest_asyncio

from services.routing.domain.case import Status
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, staff_of

FIRE_LANE = "东门外消防通道被几辆车堵住了"
WHY = "等消防部门审批"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def suspended(desk: Desk, lead: Browser, grid: Browser) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    await lead.act(ticket, "accept")
    asked = await lead.act(ticket, "suspend", working_days="5", reason=WHY)
    granted = await grid.act(ticket, "suspend-grant")
    assert (asked.status_code, granted.status_code) == (303, 303)
    return ticket


async def test_it_shows_until_when_and_goes_no_further_before_its_clock_runs_on(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as grid:
        ticket = await suspended(desk, lead, grid)
        desk.clock.advance(timedelta(hours=2))
        inbox, page = (await lead.get("/desk")).text, await lead.page_of(ticket)
        early = await lead.act(ticket, "resolve", note="已清理")
        ended = await lead.act(ticket, "suspend-end")
        resolved = await lead.act(ticket, "resolve", note="已清理")
        way = await lead.page_of(ticket)

    assert "挂账至" in inbox
    assert 'id="action-resolve"' not in page
    assert (early.status_code, ended.status_code, resolved.status_code) == (409, 303, 303)
    assert "已挂账的先恢复计时" in early.text
    for said in ("春和居委会申请挂账至", WHY, "同意春和居委会挂账至", "恢复计时，春和居委会新时限"):
        assert said in way


async def test_on_the_day_its_clock_runs_on_by_itself_with_what_it_had_left(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as grid:
        ticket = await suspended(desk, lead, grid)
        before = (await desk.case(ticket)).suspension
        assert before is not None
        assert before.deadline is not None
        assert before.since is not None
        timers = desk.routing.runtime.timers
        assert timers is not None
        desk.clock.advance(before.until - NOW + timedelta(minutes=1))
        timers.bell.ring()

        async def runs_on() -> bool:
            return not (await desk.case(ticket)).is_suspended

        await eventually(runs_on)

    case = await desk.case(ticket)
    now = desk.clock.now()
    # The rule for fire lanes runs round the clock.
    assert case.resolve.deadline is not None
    assert case.resolve.deadline - now == before.deadline - before.since
    assert (await desk.types(ticket))[-1] == "SuspensionEnded"
    assert await desk.routing.runtime.pool.fetchval("SELECT suspended_until FROM cases WHERE id = $1", ticket) is None


async def test_a_program_sees_until_when(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as grid:
        ticket = await suspended(desk, lead, grid)
    async with staff.programme("committee-lead-1") as client:
        case = (await client.get(f"/cases/{ticket}")).json()
        [listed] = (await client.get("/cases")).json()["cases"]
        key = {"idempotency-key": str(uuid4()), "if-match": "*"}
        ended = await client.post(f"/cases/{ticket}/suspend-end", headers=key)
        after = (await client.get(f"/cases/{ticket}")).json()

    assert (case["resolve_by"], listed["due_at"], ended.status_code) == (None, None, 204)
    assert case["suspended_until"] == listed["suspended_until"]
    assert after["suspended_until"] is None
    assert datetime.fromisoformat(after["resolve_by"]) > NOW
