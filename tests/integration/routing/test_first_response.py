"""A case that units hand on unaccepted: its first response stays due when it was, and the level above is told."""

from datetime import timedelta

import pytest_asyncio

from services.routing.domain.case import Status
from shared.contracts.routing import CaseEscalated, Clock, DeadlineMissed, DeadlineWarned
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def test_handed_on_unaccepted_it_is_due_when_it_was_and_the_level_above_is_told(staff: Staff, desk: Desk) -> None:
    ticket = await desk.residents.report("东门外有人乱设摊", place=EAST_GATE, at=NOW)
    due = (await desk.case_once(ticket, Status.ASSIGNED)).first_response.deadline
    assert due is not None

    async def told(*what: object) -> None:
        async def has_come() -> bool:
            return set(what) <= {(type(event), getattr(event, "clock", None)) for event in await desk.events(ticket)}

        await eventually(has_come)

    desk.clock.advance(due - NOW - timedelta(minutes=1))
    await told((CaseEscalated, Clock.ACCEPT), (DeadlineWarned, Clock.FIRST_RESPONSE))
    async with staff.at_desk("grid-dispatcher-1") as grid, staff.programme("grid-dispatcher-1") as client:
        moved = await grid.act(ticket, "transfer", unit="chunhe-committee", reason="先请居委会看看")
        listed = [each for each in (await client.get("/cases?show=area")).json()["cases"] if each["id"] == str(ticket)]
        case = (await client.get(f"/cases/{ticket}")).json()
        desk.clock.advance(timedelta(minutes=2))
        await told((CaseEscalated, Clock.FIRST_RESPONSE))
        page = await grid.page_of(ticket)

    *_, missed, escalated = await desk.events(ticket)
    assert moved.status_code == 303
    assert [(each["clock"], each["due_at"]) for each in listed] == [("first_response", case["first_response_by"])]
    assert isinstance(missed, DeadlineMissed)
    assert isinstance(escalated, CaseEscalated)
    assert (missed.unit, missed.deadline, escalated.to_unit) == ("chunhe-committee", due, "xinhe-grid")
    assert "报来后一直没有单位接单，首次响应超时" in page
