"""The boxed-in car: somebody goes to look, something is changed, and only when it has proved right is it closed."""

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

        async with town.at_desk("committee-lead-2") as lead:
            await lead.acts(ticket, "accept")
            await lead.acts(ticket, "note", note="同物业现场查看：转角停车时，第一个车位的车出不来")
            await lead.acts(ticket, "resolve", note="转角划为禁停区，已放置隔离墩")
            closed_too_early = await lead.act(ticket, "close")
        await town.status_shows(resident, status, "核查")
        rated_too_early = await resident.rate_anyway(status, "satisfied")

        async with town.at_desk("committee-member-1") as member:
            await member.acts(ticket, "verify-pass", note="观察了一天，车辆进出顺畅")
            await member.acts(ticket, "close")
        asked = await town.message_to(ticket, "reporter", "case_closed")
        await town.status_shows(resident, status, 'name="rating"')
        rated = await resident.rate(status, "satisfied", "很满意，以后我也来帮忙")

    assert told.to == "+8610000000202"
    assert closed_too_early.status_code == 409
    assert rated_too_early.status_code == 409
    assert asked.link.endswith(status)
    assert rated.status_code == 303


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
