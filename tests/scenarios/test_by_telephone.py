"""Somebody of 78 rings the number on her card; the committee takes it down, and it goes the way of every report."""

import json
from uuid import UUID

from tests.scenarios.town import EAST_GATE, Town

SAID = {
    "text": "东门口的路灯不亮了，晚上看不清台阶",
    "stated_urgency": "normal",
    "phone": "10000001078",
    "name": "住户丙",
    "category": "",
}
LEAD = "committee-lead-1"
ADDRESS = f"/desk/phone/{EAST_GATE}"


async def test_a_call_becomes_a_ticket_a_case_at_the_desk_and_a_message_to_the_caller(town: Town) -> None:
    async with town.at_desk(LEAD) as lead:
        found = await lead.page("/desk/phone?q=春和苑 东门")
        form = await lead.page(ADDRESS)
        answers = [await lead.send(ADDRESS, form, (), **SAID) for _ in range(2)]
        taken = str(answers[0].headers["location"])
        case_id = UUID(taken.rpartition("/")[2])
        read_out = await lead.page(taken)
        await town.message_to(case_id, "reporter", "ticket_received")
        await town.message_to(case_id, "duty", "case_assigned")
        case = await lead.page(f"/desk/cases/{case_id}")
        again = await lead.page(ADDRESS)
    [opened] = await town.values(
        "intake", "SELECT data FROM events WHERE stream = $1 AND version = 1", f"ticket-{case_id}"
    )

    assert f'href="{ADDRESS}"' in found
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[1].headers["location"] == taken
    assert f"/desk/cases/{case_id}" in read_out
    assert "由居委会负责人甲接听记下" in case
    assert SAID["text"] in case
    assert f"/desk/cases/{case_id}" in again
    said = json.loads(str(opened))
    assert (said["channel"], said["taken_by"], said["stated_urgency"]) == ("phone_desk", LEAD, "normal")


async def test_who_only_reads_takes_no_call_and_nobody_does_without_signing_in(town: Town) -> None:
    async with town.at_desk("district-auditor-1") as auditor, town.resident() as resident:
        refused = await auditor.client.get("/desk/phone", follow_redirects=True)
        inbox = await auditor.page("/desk")
        door = await resident.page(ADDRESS)

    assert refused.status_code == 403
    assert "/desk/phone" not in inbox
    assert 'action="/desk/sign-in"' in door
