"""The boxed-in car: somebody goes to look, something is changed, and only when it has proved right is it closed."""

from datetime import timedelta
from uuid import UUID

from tests.scenarios.town import WEST_GATE, Town


async def test_a_ticket_is_closed_only_when_the_change_has_proved_right(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report(
            "我的车位在路边第一个，经常被堵住出不来，想换一个车位",
            place=WEST_GATE,
            phone="10000001021",
            category="public-order",
        )
        ticket = await town.ticket_id(status)
        told = await town.message_to(ticket, "duty", "case_assigned")

        await resolved(town, ticket)
        await town.status_shows(resident, status, "看效果到")
        in_english = (await resident.client.get(status, headers={"accept-language": "en"})).text
        rated_too_early = await resident.rate_anyway(status, "satisfied")

        async with town.at_desk("grid-dispatcher-2") as grid:
            passed_too_early = await grid.act(ticket, "verify-pass", note="看着还行")
            town.clock.advance(timedelta(minutes=31))
            await town.status_shows(resident, status, "等待核查")
            no_longer = await resident.page(status)
            await grid.acts(ticket, "verify-pass", note="看了一晚，车辆进出顺畅")
            await grid.acts(ticket, "close")
        asked = await town.message_to(ticket, "reporter", "case_closed")
        await town.status_shows(resident, status, "回头看，免得问题再来")
        await town.status_shows(resident, status, 'name="rating"')
        rated = await resident.rate(status, "satisfied", "很满意，以后我也来帮忙")

    assert told.to == "+8610000000202"
    assert (rated_too_early.status_code, passed_too_early.status_code) == (409, 409)
    assert "还要看一段时间效果" in passed_too_early.text
    assert "Observed until" in in_english
    assert "看效果到" not in no_longer
    assert asked.link.endswith(status)
    assert rated.status_code == 303


async def resolved(town: Town, ticket: UUID) -> None:
    """The lead does the work; she can not close it, nor can a colleague say that it has proved right."""
    async with town.at_desk("committee-lead-2") as lead, town.at_desk("committee-member-1") as member:
        await lead.acts(ticket, "accept")
        await lead.acts(ticket, "note", note="同物业现场查看：转角停车时，第一个车位的车出不来")
        await lead.acts(ticket, "resolve", note="转角划为禁停区，已放置隔离墩")
        closed_too_early = await lead.act(ticket, "close")
        by_a_colleague = await member.act(ticket, "verify-pass", note="车辆进出顺畅")

    assert (closed_too_early.status_code, by_a_colleague.status_code) == (409, 403)


async def test_work_that_did_not_pass_goes_back_to_the_handler_who_is_told_why(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report("晚上总有车停在转角，我出不来", place=WEST_GATE, category="public-order")
        ticket = await town.ticket_id(status)
        await town.message_to(ticket, "duty", "case_assigned")
        async with town.at_desk("committee-lead-2") as lead, town.at_desk("committee-member-1") as member:
            await lead.acts(ticket, "accept")
            await lead.acts(ticket, "resolve", note="已贴提示")
            await member.acts(ticket, "verify-fail", reason="晚高峰又停满了，提示不管用")
            told = await town.message_to(ticket, "duty", "verification_failed")
            await town.status_shows(resident, status, "核查没有通过")
            await lead.acts(ticket, "resolve", note="已划禁停线并安排值守")
            await member.acts(ticket, "verify-pass", note="")
            await member.acts(ticket, "close")
        await town.case_stands(ticket, "closed")

    assert told.to == "+8610000000202"
    assert "提示不管用" in told.text
