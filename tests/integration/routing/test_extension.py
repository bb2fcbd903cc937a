"""A unit needs more time: asked at the desk or by a program, answered by the grid, and then the new deadline counts."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest_asyncio

from services.routing.domain.case import Status
from shared.contracts.routing import About, Clock, DeadlineMissed
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, staff_of

FIRE_LANE = "东门外消防通道被几辆车堵住了"
WHY = "地锁要等厂家来装"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def accepted(desk: Desk, lead: Browser) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    assert (await lead.act(ticket, "accept")).status_code == 303
    return ticket


async def test_more_time_is_asked_for_and_granted_at_the_desk(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as grid:
        ticket = await accepted(desk, lead)
        before = (await desk.case(ticket)).resolve.deadline
        asked = await lead.act(ticket, "extend", working_days="3", reason=WHY)
        inbox, shown = (await grid.get("/desk?show=unit")).text, await grid.page_of(ticket)
        granted = await grid.act(ticket, "extend-grant")
        page = await lead.page_of(ticket)

    after = (await desk.case(ticket)).resolve.deadline
    assert (asked.status_code, granted.status_code) == (303, 303)
    assert FIRE_LANE in inbox
    assert 'action-likeliest" id="action-extend-grant"' in shown
    assert WHY in shown
    assert before is not None
    assert after is not None
    assert after - before >= timedelta(days=3)
    assert await row_deadline(desk, ticket) == after
    for said in ("春和居委会申请延期至", "同意春和居委会延期"):
        assert said in page


async def test_what_is_refused_leaves_the_deadline_and_tells_why(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as grid:
        ticket = await accepted(desk, lead)
        before = await row_deadline(desk, ticket)
        await lead.act(ticket, "extend", working_days="1", reason=WHY)
        own = await lead.act(ticket, "extend-grant")
        refused = await grid.act(ticket, "extend-refuse", reason="先用警戒线隔开")
        page = await lead.page_of(ticket)

    assert (own.status_code, refused.status_code) == (403, 303)
    assert await row_deadline(desk, ticket) == before
    assert "先用警戒线隔开" in page
    assert 'id="action-extend"' in page


async def test_how_long_must_be_a_number_that_can_be_asked_for(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        ticket = await accepted(desk, lead)
        answers = [
            await lead.act(ticket, "extend", working_days=days, reason=WHY) for days in ("", "0", "31", "x", "-1")
        ]

    assert {answer.status_code for answer in answers} == {422}
    assert all(WHY in answer.text for answer in answers)
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]


async def test_a_program_asks_and_reads_what_is_asked_for(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        ticket = await accepted(desk, lead)
    async with staff.programme("committee-lead-1") as client:

        async def asked_for(**body: object) -> int:
            key = {"idempotency-key": str(uuid4()), "if-match": "*"}
            return (await client.post(f"/cases/{ticket}/extend", json={"words": WHY, **body}, headers=key)).status_code

        statuses = [await asked_for(working_days=days) for days in (31, "3", True, 2.5, 5, 5)]
        case = (await client.get(f"/cases/{ticket}")).json()
    async with staff.programme("grid-dispatcher-1") as grid:
        waiting = (await grid.get("/cases?show=waiting")).json()["cases"]
    desk.clock.advance(timedelta(minutes=31))

    async def town_is_told() -> bool:
        return (await desk.types(ticket))[-2:] == ["DeadlineMissed", "CaseEscalated"]

    await eventually(town_is_told)
    missed = next(each for each in await desk.events(ticket) if isinstance(each, DeadlineMissed))

    assert [(each["clock"], each["due_at"]) for each in waiting] == [("answer", case["answer_by"])]
    assert (missed.clock, missed.asked_by, missed.about) == (Clock.ANSWER, "chunhe-committee", About.EXTENSION)
    assert statuses == [422, 422, 422, 422, 204, 409]
    assert datetime.fromisoformat(case["asked_until"]) > datetime.fromisoformat(case["resolve_by"])
    assert case["way"][-1]["words"] == WHY


async def row_deadline(desk: Desk, ticket: UUID) -> datetime | None:
    deadline: datetime | None = await desk.routing.runtime.pool.fetchval(
        "SELECT due_at FROM cases WHERE id = $1", ticket
    )
    return deadline
