"""Who leaves no phone is never written to, and sees by the link how far it is all the same."""

from tests.scenarios.town import EAST_GATE, Town


async def test_an_anonymous_reporter_is_never_messaged_and_can_follow_and_rate(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report("凉亭的长椅断了", place=EAST_GATE, category="public-order")
        ticket = await town.ticket_id(status)
        await town.message_to(ticket, "duty", "case_assigned")
        async with town.at_desk("committee-lead-2") as lead, town.at_desk("committee-member-1") as member:
            seen = await lead.page(f"/desk/cases/{ticket}")
            await lead.acts(ticket, "accept")
            await lead.acts(ticket, "resolve", note="已更换")
            await member.acts(ticket, "verify-pass", note="")
            await member.acts(ticket, "close")
        await town.status_shows(resident, status, 'name="rating"')
        rated = await resident.rate(status, "so_so")
        await town.settled()
        messages = await town.messages(ticket)

    withheld = await town.values(
        "notify", "SELECT reason FROM notifications WHERE ticket_id = $1 AND audience = 'reporter'", ticket
    )
    assert [message.audience for message in messages] == ["duty"]
    assert withheld == ["no_phone", "no_phone"]
    assert rated.status_code == 303
    assert "匿名" in seen
