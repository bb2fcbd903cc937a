"""Several cases of the inbox at once: each is an act of its own, and the page tells what came of each."""

import re
from uuid import UUID

import pytest_asyncio

from services.routing.domain.case import Status
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, hidden_in, staff_of

FIRE_LANE = "东门外消防通道被几辆车堵住了"
HURRY = "今天务必到场"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def reported(desk: Desk) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def chosen(by: Browser, *cases: UUID) -> dict[str, list[str] | str]:
    """The hidden fields of the page of these cases."""
    page = (await by.get("/desk/bulk?" + "&".join(f"cases={case}" for case in cases))).text
    named = sorted(set(re.findall(r'name="cases" value="([^"]*)"', page)))
    return {"form_token": hidden_in(page, "form_token"), "cases": named}


async def test_each_case_is_acted_on_for_itself_and_the_page_tells_what_came_of_it(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("grid-dispatcher-1") as grid:
        still, moved = await reported(desk), await reported(desk)
        inbox = (await grid.get("/desk?show=area")).text
        form = await chosen(grid, still, moved)
        await lead.act(moved, "accept")
        without_words = await grid.client.post("/desk/bulk/remind", data=form)
        reminded = await grid.client.post("/desk/bulk/remind", data=form | {"words": HURRY})
        again = await grid.client.post("/desk/bulk/remind", data=form | {"words": HURRY})
        other_words = await grid.client.post("/desk/bulk/remind", data=form | {"words": "明天也行"})
        left = await lead.page_of(still)

    assert f'value="{still}" form="bulk"' in inbox
    assert (without_words.status_code, reminded.status_code) == (422, 200)
    for page in (reminded.text, again.text):
        assert "已催办 1 件" in page
        assert "没有办成 1 件" in page
        assert "您看过之后有人办过这一件" in page
        assert HURRY in page
    assert "这张表已经办过这一件，内容不同" in other_words.text
    assert await desk.types(still) == ["CaseOpened", "CaseAssigned", "CaseReminded"]
    assert await desk.types(moved) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]
    assert "人工催办：" in left
    assert HURRY in left


async def test_cases_go_to_a_unit_together_and_one_that_is_there_already_says_so(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("grid-dispatcher-1") as grid:
        first, there = await reported(desk), await reported(desk)
        await grid.act(there, "transfer", unit="chunhe-property", reason="门禁坏了")
        form = await chosen(grid, first, there)
        nowhere = await grid.client.post("/desk/bulk/transfer", data=form | {"reason": "门禁坏了"})
        sent = await grid.client.post(
            "/desk/bulk/transfer", data=form | {"reason": "门禁坏了", "unit": "chunhe-property"}
        )

    assert (nowhere.status_code, sent.status_code) == (422, 200)
    assert "门禁坏了" in nowhere.text
    assert "已转派 1 件" in sent.text
    assert "办件已在该单位" in sent.text
    assert (await desk.case(first)).unit == (await desk.case(there)).unit == "chunhe-property"


async def test_who_watches_over_no_others_chooses_none_and_what_one_does_not_see_stays_unseen(
    staff: Staff, desk: Desk
) -> None:
    async with staff.at_desk("committee-member-1") as member, staff.at_desk("grid-dispatcher-1") as grid:
        ticket, unknown = await reported(desk), UUID(int=9)
        inbox, refused = await member.get("/desk"), await member.get(f"/desk/bulk?cases={ticket}")
        form = await chosen(grid, ticket) | {"cases": [f"{unknown}.1"], "words": HURRY}
        unseen = await grid.client.post("/desk/bulk/remind", data=form)
        too_many = form | {"cases": [f"{UUID(int=each)}.1" for each in range(101)]}
        refused_whole = await grid.client.post("/desk/bulk/remind", data=too_many)

    assert 'form="bulk"' not in inbox.text
    assert refused.status_code == 403
    assert "没有这一件，或者您看不到它" in unseen.text
    assert refused_whole.status_code == 422
    assert "一次最多办 100 件" in refused_whole.text
