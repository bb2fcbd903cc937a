"""Rules that look back and call at once, on real tables: repeats at a place, and a whistle with the assignment."""

from datetime import timedelta
from uuid import UUID, uuid4

from services.routing.domain.case import Status
from services.routing.domain.district import District, RuleEntry
from services.routing.handlers.district import publish_district
from shared.contracts.intake import Link
from shared.contracts.routing import RULE, WhistleBlown
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import staff_of

WEST_GATE = "XMHYAPX7"
AGAIN = {
    "id": "again",
    "name": {"zh": "屡次反映", "en": "Again and again"},
    "when": {"repeats": {"count": 2, "days": 30, "of": "place"}},
    "unit": "grid of the place",
    "whistle": [{"unit": "property of the place", "task": {"zh": "请到场", "en": "Please come"}}],
    "terms": {"report_in": {"minutes": 15, "working_time": False}},
}


async def reported(desk: Desk, *, place: str, days_ago: float) -> UUID:
    ticket = await desk.residents.report("楼道灯不亮", place=place, at=NOW - timedelta(days=days_ago))
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def test_the_third_report_at_a_place_goes_to_the_grid_which_finds_property_called(
    desk: Desk, district: District
) -> None:
    rule = RuleEntry.model_validate(AGAIN)
    again = district.model_copy(update={"rules": (rule, *district.rules)})
    await publish_district(desk.routing, again, file_sha256="again")
    for place, days_ago in ((EAST_GATE, 40), (EAST_GATE, 5), (WEST_GATE, 4), (EAST_GATE, 3)):
        await reported(desk, place=place, days_ago=days_ago)

    third = await reported(desk, place=EAST_GATE, days_ago=0)

    case = await desk.case(third)
    assert (case.rule, case.unit, [part.unit for part in case.open_parts]) == (
        "again",
        "xinhe-grid",
        ["chunhe-property"],
    )
    assert await desk.types(third) == ["CaseOpened", "CaseAssigned", "WhistleBlown"]
    [called] = [event for event in await desk.events(third) if isinstance(event, WhistleBlown)]
    async with desk.routing.runtime.pool.acquire() as connection:
        assert (called.by, await desk.routing.keyring.opened(connection, called.task)) == (RULE, "请到场")


async def test_what_was_split_off_a_report_is_none_that_came_again(desk: Desk, district: District) -> None:
    rule = RuleEntry.model_validate(AGAIN)
    again = district.model_copy(update={"rules": (rule, *district.rules)})
    await publish_district(desk.routing, again, file_sha256="again")

    async def linked(first: UUID, days_ago: float, link: Link) -> UUID:
        at = NOW - timedelta(days=days_ago)
        other = await desk.residents.report_split(first, uuid4(), "楼道灯不亮", place=EAST_GATE, at=at, link=link)
        await desk.case_once(other, Status.ASSIGNED)
        return other

    first = await reported(desk, place=EAST_GATE, days_ago=5)
    await linked(first, 4, Link.SECOND_TROUBLE)
    second = await reported(desk, place=EAST_GATE, days_ago=3)
    other = await linked(second, 2, Link.SECOND_TROUBLE)
    back = await linked(second, 1, Link.CAME_BACK)

    rules = [(await desk.case(each)).rule for each in (second, other, back)]
    assert [rule == "again" for rule in rules] == [False, False, True]


async def test_a_guessed_category_is_shown_as_one_and_corrected_on_the_desk(desk: Desk) -> None:
    staff = await staff_of(desk.routing)
    ticket = await desk.residents.report("卫生间天花板漏水", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)

    async with staff.at_desk("property-manager") as property_manager:
        guessed = await property_manager.page_of(ticket)
        await property_manager.act(ticket, "categorise", category="greening")
        corrected = await property_manager.page_of(ticket)

    assert "系统按“漏水”猜为" in guessed
    assert "系统按“漏水”猜为“房屋及设施设备维修养护服务”，如不对请改类别" not in corrected
    assert (await desk.case(ticket)).matter.category == "greening"
    assert await desk.types(ticket) == ["CaseOpened", "CaseCategorised", "CaseAssigned", "CaseCategorised"]
