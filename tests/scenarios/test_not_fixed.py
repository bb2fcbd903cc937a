"""Closed is not fixed: the reporter says so, the case opens again, and its handler is told in the reporter's words."""

from tests.scenarios.town import Town

STAIRWELL_1 = "TNH85Z6Q"


async def test_not_fixed_opens_the_case_again_and_brings_the_words_to_the_handler(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report("楼道灯不亮", place=STAIRWELL_1, phone="10000001031", category="facilities")
        ticket = await town.ticket_id(status)
        await town.message_to(ticket, "duty", "case_assigned")
        async with town.at_desk("property-duty-2") as handler, town.at_desk("property-manager") as manager:
            await handler.acts(ticket, "accept")
            await handler.acts(ticket, "resolve", note="换了灯泡")
            await manager.acts(ticket, "verify-pass", note="")
            await manager.acts(ticket, "close")
            await town.message_to(ticket, "reporter", "case_closed")
            await town.status_shows(resident, status, "/not-fixed")
            await resident.rate(status, "satisfied")

            disputed = await resident.dispute(status, "亮了十分钟又灭了，是线路的问题")
            told = await town.message_to(ticket, "duty", "case_reopened")
            await town.case_stands(ticket, "assigned")
            inbox = await handler.page("/desk")
            way = await handler.page(f"/desk/cases/{ticket}")
            twice = await resident.dispute_anyway(status, "还是不亮")

            await handler.acts(ticket, "accept")
            await handler.acts(ticket, "resolve", note="更换了线路")
            await manager.acts(ticket, "verify-pass", note="晚上看过，亮的")
            await manager.acts(ticket, "close")
        await town.message_to(ticket, "reporter", "case_closed", count=2)
        await town.status_shows(resident, status, 'name="rating"')

    assert disputed.status_code == 303
    assert told.to == "+8610000000103"
    assert "亮了十分钟又灭了" in told.text
    assert "楼道灯不亮" in inbox
    assert "亮了十分钟又灭了，是线路的问题" in way
    assert twice.status_code == 409
