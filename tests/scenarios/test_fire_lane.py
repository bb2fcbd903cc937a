"""The fire lane: one evening cars block it; hours later it is clear, verified, and the reporter has said so."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.scenarios.photos import photo
from tests.scenarios.town import Resident, Town

WORDS = "东门外消防通道被几辆车堵住了，救护车都进不来"
DAY = datetime(2026, 4, 28, tzinfo=UTC)


async def test_a_blocked_fire_lane_is_carried_from_scan_to_a_verified_fix(town: Town) -> None:
    before = await figures_before(town)

    async with town.resident() as resident:
        status = await resident.report(WORDS, phone="100 0000 1028", category="public-order", files=[photo()])
        ticket = await town.ticket_id(status)
        receipt = await town.message_to(ticket, "reporter", "ticket_received")
        told_lead = await town.message_to(ticket, "duty", "case_assigned")
        seen_by_lead = await lead_blows_the_whistle(town, ticket, told_lead.link)
        told_grid = await town.message_to(ticket, "duty", "whistle_blown")
        await dispatcher_convenes_three_departments(town, ticket, told_grid.link)
        called = await who_was_called(town, ticket, count=4)
        await two_departments_confer(town, ticket)
        early = await lead_says_it_is_done(town, ticket)
        verified_by_the_doer = await police_have_the_cars_moved(town, ticket)
        told_done = await town.message_to(ticket, "duty", "joint_task_done", count=3)
        await dispatcher_reminds(town, ticket)
        done = await lead_says_it_is_done(town, ticket)
        await town.status_shows(resident, status, "核查")
        way = await another_dispatcher_verifies_and_closes(town, ticket)
        asked = await town.message_to(ticket, "reporter", "case_closed")
        await reporter_is_satisfied(town, resident, status)

    after = await town.figures_once_rated(DAY, before["satisfaction"]["denominator"] + 1)
    assert receipt.to == asked.to == "+8610000001028"
    assert receipt.link.endswith(status)
    assert told_lead.to == told_done.to == LEAD
    assert called == {DISPATCHER, POLICE, TRAFFIC_POLICE, EMERGENCY_OFFICE}
    assert all(words in seen_by_lead for words in (WORDS, "/photos/", "占用消防通道"))
    assert (early, verified_by_the_doer, done) == (409, 409, 303)
    assert all(words in way for words in ("吹哨，呼叫交警四中队", "车主已挪车", "现场看过", "/photos/"))
    assert {name: counted(after, name) - counted(before, name) for name in NUMERATORS} == dict.fromkeys(NUMERATORS, 1)
    assert after["received"] == before["received"] + 1


async def figures_before(town: Town) -> dict[str, Any]:
    """What other scenarios have closed may still be on its way into the figures."""
    await town.settled()
    return await town.figures(DAY)


LEAD, DISPATCHER, POLICE = "+8610000000202", "+8610000000302", "+8610000000402"
TRAFFIC_POLICE, EMERGENCY_OFFICE = "+8610000000501", "+8610000000601"


async def who_was_called(town: Town, ticket: UUID, *, count: int) -> set[str]:
    await town.message_to(ticket, "duty", "whistle_blown", count=count)
    return {each.to for each in await town.messages(ticket) if each.template == "whistle_blown"}


NUMERATORS = ("handling_rate", "closing_rate", "on_time_closing_rate", "satisfaction")


def counted(figures: dict[str, dict[str, int]], name: str) -> int:
    return figures[name]["numerator"]


async def lead_blows_the_whistle(town: Town, ticket: UUID, link: str) -> str:
    """She follows the message's link, accepts at once, and calls the grid."""
    async with town.at_desk("committee-lead-2") as lead:
        seen = await lead.page(link)
        await lead.acts(ticket, "accept")
        await lead.acts(ticket, "whistle", units="xinhe-grid", task="车主联系不上，请召集有关部门")
    return seen


async def dispatcher_convenes_three_departments(town: Town, ticket: UUID, link: str) -> None:
    """The dispatcher learns the details and calls each with what it is asked."""
    async with town.at_desk("grid-dispatcher-2") as dispatcher:
        await dispatcher.page(link)
        await dispatcher.acts(ticket, "report-in")
        for unit, task in (
            ("xinhe-emergency", "请确认救护车和消防车能否绕行"),
            ("xinhe-traffic-police", "请查车主电话"),
            ("xinhe-police", "请联系车主挪车并教育"),
        ):
            await dispatcher.acts(ticket, "whistle", units=unit, task=task)


async def two_departments_confer(town: Town, ticket: UUID) -> None:
    """They report in, and say what was agreed: the police get the job."""
    for person, said in (("emergency-duty-1", "北侧可以绕行"), ("traffic-police-duty-1", "车主电话已交派出所")):
        async with town.at_desk(person) as member:
            await member.acts(ticket, "report-in")
            await member.acts(ticket, "note", note="三部门会商：由派出所联系车主挪车")
            await member.acts(ticket, "task-done", note=said)


async def lead_says_it_is_done(town: Town, ticket: UUID) -> int:
    """Refused with this status while a called unit has something to do."""
    async with town.at_desk("committee-lead-2") as lead:
        answer = await lead.act(ticket, "resolve", note="通道畅通")
    return answer.status_code


async def police_have_the_cars_moved(town: Town, ticket: UUID) -> int:
    """They do their task, with a photo; resolving the case is not theirs, and they may not verify it either."""
    async with town.at_desk("police-duty-2") as police:
        await police.acts(ticket, "report-in")
        await police.acts(ticket, "task-done", files=[photo()], note="车主已挪车并接受教育，通道畅通")
        answer = await police.act(ticket, "verify-pass", note="")
    return answer.status_code


async def dispatcher_reminds(town: Town, ticket: UUID) -> None:
    """Committee and property are reminded to keep it clear: the grid's part."""
    async with town.at_desk("grid-dispatcher-2") as dispatcher:
        await dispatcher.acts(ticket, "task-done", note="已提醒居委会和物业晚间巡查")


async def another_dispatcher_verifies_and_closes(town: Town, ticket: UUID) -> str:
    """Somebody who had no part in it confirms it; the case's page then tells its whole way."""
    async with town.at_desk("grid-dispatcher-1") as dispatcher:
        await dispatcher.acts(ticket, "verify-pass", note="现场看过，畅通")
        await dispatcher.acts(ticket, "close")
        return await dispatcher.page(f"/desk/cases/{ticket}")


async def reporter_is_satisfied(town: Town, resident: Resident, status: str) -> None:
    """The visit back."""
    await town.status_shows(resident, status, 'name="rating"')
    answer = await resident.rate(status, "satisfied", "一个晚上就通了，谢谢")
    assert answer.status_code == 303, answer.text
