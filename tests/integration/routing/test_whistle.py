"""The first told story, at the desk: the committee calls the grid, the grid calls three departments together."""

import re
from datetime import timedelta
from uuid import UUID

import pytest_asyncio

from services.routing.domain.case import Status
from services.routing.domain.case.joint import PartState
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, hidden_in, staff_of

FIRE_LANE = "东门外消防通道被几辆车堵住了"
PHONE = "+8610000000999"
# What leads to the reporter's contact in full.
REVEAL = '/contact#contact"'
TASK = "请派人到东门，联系车主挪车"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def accepted_fire_lane(desk: Desk, lead: Browser) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    assert (await lead.act(ticket, "accept")).status_code == 303
    return ticket


def clock_in_head(page: str) -> str:
    found = re.search(r'class="clock-name">([^<]*)<', page)
    assert found is not None
    return found[1]


async def whistle(by: Browser, ticket: UUID, *units: str) -> None:
    page = await by.page_of(ticket)
    hidden = {"version": hidden_in(page, "version"), "form_token": hidden_in(page, "form_token")}
    blown = await by.client.post(f"/desk/cases/{ticket}/whistle", data={**hidden, "task": TASK, "units": list(units)})
    assert blown.status_code == 303, blown.text


async def test_the_fire_lane_is_cleared_by_those_who_were_called_together(staff: Staff, desk: Desk) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("grid-dispatcher-1") as dispatcher,
        staff.at_desk("police-duty-1") as police,
        staff.at_desk("traffic-police-duty-1") as traffic,
        staff.at_desk("emergency-duty-1") as emergency,
    ):
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-grid")
        assert (await dispatcher.act(ticket, "report-in")).status_code == 303
        await whistle(dispatcher, ticket, "xinhe-police", "xinhe-traffic-police", "xinhe-emergency")

        inbox = (await police.get("/desk?show=unit")).text
        before = await police.page_of(ticket)
        assert (await police.act(ticket, "report-in")).status_code == 303
        there = await police.page_of(ticket)
        early = await lead.act(ticket, "resolve", note="已清理")
        assert (await traffic.act(ticket, "task-decline", reason="不是机动车道")).status_code == 303
        assert (await dispatcher.act(ticket, "task-release", unit="xinhe-traffic-police")).status_code == 303
        assert (await police.act(ticket, "task-done", note="车主已挪车，并已教育")).status_code == 303
        assert (await emergency.act(ticket, "report-in")).status_code == 303
        assert (await dispatcher.act(ticket, "task-take-over", unit="xinhe-emergency")).status_code == 303
        assert (await dispatcher.act(ticket, "task-done", note="已提醒居委会和物业")).status_code == 303
        resolved = await lead.act(ticket, "resolve", note="通道已畅通")
        by_doer = await police.act(ticket, "verify-pass")
        page = await lead.page_of(ticket)

    # What they are asked stands at the head of the page, as long as it is theirs to do; nobody else is asked.
    assert [FIRE_LANE in inbox, *("请您单位做的" in seen for seen in (before, there, page))] == [
        True,
        True,
        True,
        False,
    ]
    assert REVEAL not in before
    assert REVEAL in there
    assert PHONE not in before + there
    assert early.status_code == 409
    assert resolved.status_code == 303
    assert by_doer.status_code == 409
    case = await desk.case(ticket)
    assert case.unit == "chunhe-committee"
    assert {unit: part.state for unit, part in case.joint.items()} == {
        "xinhe-grid": PartState.DONE,
        "xinhe-police": PartState.DONE,
        "xinhe-traffic-police": PartState.RELEASED,
        "xinhe-emergency": PartState.TAKEN_OVER,
    }
    for said in ("吹哨，呼叫新禾派出所", "新禾派出所报到", "交警四中队认为不属本单位职责", "不是机动车道", TASK):
        assert said in page


async def test_a_called_unit_reads_its_own_clock_and_task_until_it_is_there(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("police-duty-1") as police:
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-police")
        called, of_lead = await police.page_of(ticket), await lead.page_of(ticket)
        await police.act(ticket, "report-in")
        there = await police.page_of(ticket)

    assert [clock_in_head(page) for page in (called, of_lead, there)] == ["报到", "处置", "处置"]
    assert called.index(TASK) < called.index("我们到了", called.index('id="actions"'))


async def test_who_does_not_come_is_named_and_the_level_above_hears_of_it(staff: Staff, desk: Desk) -> None:
    timers = desk.routing.runtime.timers
    assert timers is not None
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("town-supervisor-1") as town:
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-police", "xinhe-emergency")
        async with staff.at_desk("police-duty-1") as police:
            await police.act(ticket, "report-in")

        desk.clock.advance(timedelta(minutes=16))
        timers.bell.ring()

        async def escalated() -> bool:
            return "CaseEscalated" in await desk.types(ticket)

        await eventually(escalated)
        async with staff.at_desk("emergency-duty-1") as emergency:
            await emergency.act(ticket, "report-in")
        page = await town.page_of(ticket)

    assert (await desk.types(ticket))[-3:] == ["DeadlineMissed", "CaseEscalated", "UnitReportedIn"]
    assert "新禾镇城运中心应急办超时未报到" in page
    assert "新禾镇城运中心应急办报到（已超时）" in page
    assert "报到超时" in page


async def test_a_whistle_that_calls_nobody_or_a_stranger_is_refused_beside_the_field(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        ticket = await accepted_fire_lane(desk, lead)
        nobody = await lead.act(ticket, "whistle", task=TASK)
        stranger = await lead.act(ticket, "whistle", task=TASK, units="no-such-unit")
        silent = await lead.act(ticket, "whistle", units="xinhe-police")

    assert [answer.status_code for answer in (nobody, stranger, silent)] == [422, 422, 422]
    assert TASK in nobody.text
    assert TASK in stranger.text
    assert 'value="xinhe-police" checked' in silent.text
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]


async def test_the_lead_sees_why_she_has_to_wait(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-grid")
        page = await lead.page_of(ticket)

    assert "还有 1 个单位的任务未完" in page
    assert 'id="action-resolve"' not in page
    assert 'action-likeliest" id="action-note"' in page


async def test_units_that_report_in_at_the_same_moment_need_not_look_again(staff: Staff, desk: Desk) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("police-duty-1") as police,
        staff.at_desk("emergency-duty-1") as emergency,
    ):
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-police", "xinhe-emergency")
        seen = await emergency.page_of(ticket)
        await police.act(ticket, "report-in")
        form = {"version": hidden_in(seen, "version"), "form_token": hidden_in(seen, "form_token")}
        answer = await emergency.client.post(f"/desk/cases/{ticket}/report-in", data=form)

    assert answer.status_code == 303
    assert (await desk.types(ticket))[-2:] == ["UnitReportedIn", "UnitReportedIn"]


async def test_a_refusal_is_put_before_the_grid_whoever_blew_the_whistle(staff: Staff, desk: Desk) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("police-duty-1") as police,
        staff.at_desk("grid-dispatcher-1") as dispatcher,
    ):
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-police")
        await police.act(ticket, "task-decline", reason="不归我们")
        inbox = (await dispatcher.get("/desk?show=unit")).text
        settled = await dispatcher.act(ticket, "task-insist", unit="xinhe-police", reason="请派人")

    told = await desk.routing.runtime.pool.fetchval(
        "SELECT data::jsonb ->> 'to_unit' FROM events WHERE type = 'yima.routing.JointTaskDeclined'"
    )
    assert told == "xinhe-grid"
    assert FIRE_LANE in inbox
    assert settled.status_code == 303


async def test_who_was_not_called_still_sees_nothing(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("city-management-duty-1") as other:
        ticket = await accepted_fire_lane(desk, lead)
        await whistle(lead, ticket, "xinhe-police")

        assert (await other.get(f"/desk/cases/{ticket}")).status_code == 404
