"""A rule of the pilot has its message said in the district's own words, from the file to the phone."""

from tests.scenarios.town import Town


async def test_who_is_on_duty_reads_of_a_danger_in_the_districts_own_words(town: Town) -> None:
    async with town.resident() as resident:
        status = await resident.report("楼道电表箱冒火花", phone="10000001077")
        ticket = await town.ticket_id(status)
        told = await town.message_to(ticket, "duty", "case_assigned")

    assert told.text.startswith("【一号一码】东门有人身安全隐患（")
    assert told.link.endswith(f"/desk/cases/{ticket}")
