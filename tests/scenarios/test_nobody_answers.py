"""Nobody accepts in time: the next level is told, then the one above, and the figures of the case say so."""

from datetime import timedelta

from tests.scenarios.town import EAST_GATE, Town


async def test_a_missed_accept_clock_climbs_the_ladder_rung_by_rung(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report("消防通道又被堵了", place=EAST_GATE)
        ticket = await town.ticket_id(status)
        told_committee = await town.message_to(ticket, "duty", "case_assigned")

        town.clock.advance(timedelta(minutes=16))
        told_grid = await town.message_to(ticket, "duty", "case_escalated")
        town.clock.advance(timedelta(minutes=16))
        told_town = await town.message_to(ticket, "duty", "case_escalated", count=2)

        async with town.at_desk("town-supervisor-1") as supervisor:
            seen = await supervisor.page(told_town.link)
        async with town.at_desk("committee-lead-2") as lead:
            await lead.acts(ticket, "accept")
            await lead.acts(ticket, "resolve", note="车已挪走")
        async with town.at_desk("committee-member-1") as member:
            await member.acts(ticket, "verify-pass", note="")
            await member.acts(ticket, "close")

    assert [told_committee.to, told_grid.to, told_town.to] == ["+8610000000202", "+8610000000302", "+8610000000801"]
    assert "消防通道又被堵了" in seen
    assert "超" in seen


async def test_an_accepted_case_climbs_no_ladder(town: Town) -> None:
    async with town.resident() as resident:
        ticket = await town.ticket_id(await resident.report("消防车道停了车", place=EAST_GATE))
        await town.message_to(ticket, "duty", "case_assigned")
        async with town.at_desk("committee-lead-2") as lead:
            await lead.acts(ticket, "accept")

            town.clock.advance(timedelta(minutes=16))
            await town.no_timer_is_due()

            messages = await town.messages(ticket)
            await lead.acts(ticket, "resolve", note="已挪走")

    assert [message.template for message in messages] == ["case_assigned"]
