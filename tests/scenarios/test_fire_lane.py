"""The fire lane: one evening cars block it; hours later it is clear, verified, and the reporter has said so."""

from datetime import UTC, datetime
from uuid import UUID

from tests.scenarios.photos import photo
from tests.scenarios.town import Resident, Town

WORDS = "东门外消防通道被几辆车堵住了，救护车都进不来"
DAY = datetime(2026, 4, 28, tzinfo=UTC)


async def test_a_blocked_fire_lane_is_carried_from_scan_to_a_verified_fix(town: Town) -> None:
    before = await town.figures(DAY)

    async with town.resident() as resident:
        status = await resident.report(WORDS, phone="100 0000 1028", category="public-order", files=[photo()])
        ticket = await town.ticket_id(status)
        receipt = await town.message_to(ticket, "reporter", "ticket_received")
        told_lead = await town.message_to(ticket, "duty", "case_assigned")
        seen_by_lead = await lead_blows_the_whistle(town, ticket, told_lead.link)
        told_police = await town.message_to(ticket, "duty", "case_assigned", count=2)
        verified_by_the_doer = await police_have_the_cars_moved(town, ticket)
        await town.status_shows(resident, status, "核查")
        way = await dispatcher_verifies_and_closes(town, ticket)
        asked = await town.message_to(ticket, "reporter", "case_closed")
        await reporter_is_satisfied(town, resident, status)

    after = await town.figures_once_rated(DAY, before["satisfaction"]["denominator"] + 1)
    assert receipt.to == asked.to == "+8610000001028"
    assert receipt.link.endswith(status)
    assert (told_lead.to, told_police.to) == ("+8610000000202", "+8610000000402")
    assert all(words in seen_by_lead for words in (WORDS, "+8610000001028", "/photos/", "占用消防通道"))
    assert verified_by_the_doer == 409
    assert all(words in way for words in ("三部门会商", "车主已挪车", "现场看过", "/photos/"))
    assert {name: counted(after, name) - counted(before, name) for name in NUMERATORS} == dict.fromkeys(NUMERATORS, 1)
    assert after["received"] == before["received"] + 1


NUMERATORS = ("handling_rate", "closing_rate", "on_time_closing_rate", "satisfaction")


def counted(figures: dict[str, dict[str, int]], name: str) -> int:
    return figures[name]["numerator"]


async def lead_blows_the_whistle(town: Town, ticket: UUID, link: str) -> str:
    """She follows the message's link, accepts at once, and the grid finds who can act: the police station."""
    async with town.at_desk("committee-lead-2") as lead:
        seen = await lead.page(link)
        await lead.acts(ticket, "accept")
        await lead.acts(ticket, "transfer", unit="xinhe-police", reason="已吹哨网格，三部门会商，请派出所联系车主挪车")
    return seen


async def police_have_the_cars_moved(town: Town, ticket: UUID) -> int:
    """They do the work, with a photo; verifying it themselves is refused with this status."""
    async with town.at_desk("police-duty-2") as police:
        await police.acts(ticket, "accept")
        await police.acts(ticket, "resolve", files=[photo()], note="车主已挪车并接受教育，通道畅通")
        answer = await police.act(ticket, "verify-pass", note="")
    return answer.status_code


async def dispatcher_verifies_and_closes(town: Town, ticket: UUID) -> str:
    """Somebody else confirms it; the case's page then tells its whole way."""
    async with town.at_desk("grid-dispatcher-2") as dispatcher:
        await dispatcher.acts(ticket, "verify-pass", note="现场看过，畅通")
        await dispatcher.acts(ticket, "close")
        return await dispatcher.page(f"/desk/cases/{ticket}")


async def reporter_is_satisfied(town: Town, resident: Resident, status: str) -> None:
    """The visit back."""
    await town.status_shows(resident, status, 'name="rating"')
    answer = await resident.rate(status, "satisfied", "一个晚上就通了，谢谢")
    assert answer.status_code == 303, answer.text
