"""The duty page at the real desk: whom it shows to whom, and what it never shows."""

import asyncio
import re
from datetime import datetime
from types import NoneType

import pytest
import pytest_asyncio

from services.routing.domain.district import District, PersonEntry
from services.routing.domain.duty.errors import NotOnDutyError
from services.routing.handlers.accounts import member_of_district
from services.routing.handlers.shifts import Wanted, hand_over
from shared.kernel.work import RaceLostError
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import Desk
from tests.integration.routing.staff import Staff, hidden_in, staff_of


@pytest.fixture
def district(district: District) -> District:
    """The pilot, with somebody in the property's office who only reads."""
    clerk = {"id": "property-clerk-1", "unit": "chunhe-property", "role": "auditor", "name": "物业文员甲"}
    people = (*district.people, PersonEntry.model_validate({**clerk, "phone": "10000000109"}))
    return district.model_copy(update={"people": people})


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def has_happened(desk: Desk, event: str) -> bool:
    written = "SELECT count(*) = 1 FROM events WHERE type = $1"
    return bool(await desk.routing.runtime.pool.fetchval(written, f"yima.routing.{event}"))


async def duty_page(staff: Staff, account: str) -> str:
    async with staff.at_desk(account) as browser:
        response = await browser.get("/desk/duty")
        assert response.status_code == 200, response.text
        return response.text


async def test_the_duty_page_shows_each_unit_in_sight_and_no_phone(staff: Staff) -> None:
    lead = await duty_page(staff, "committee-lead-1")
    auditor = await duty_page(staff, "district-auditor-1")

    # A Tuesday: the other lead's day.
    assert "居委会负责人乙" in lead
    assert "值班到" in lead
    assert re.findall(r"<h[23][^>]*>([^<]*(?:物业服务处|居委会))</h[23]>", lead) == ["春和居委会", "春和苑物业服务处"]
    assert "网格调度员" not in lead
    assert "网格调度员乙" in auditor
    assert "1000000" not in lead + auditor


ONCE = "Idempotency-Key"


async def test_who_takes_over_answers_and_who_is_not_on_duty_hands_nothing_over(staff: Staff) -> None:
    mine = {"to": "property-post-1", "hours": 2, "words": "东门请再看一次"}
    async with staff.programme("property-duty-2") as night:
        before = (await night.get("/duty")).json()
        first, again = [await night.post("/duty/hand-over", json=mine, headers={ONCE: "1"}) for _ in "12"]
        after = (await night.get("/duty")).json()
        refused = await night.post("/duty/hand-over", json=mine, headers={ONCE: "2"})

    assert (before["own"]["now"]["person"], before["may_hand_over"]) == ("property-duty-2", True)
    assert (first.status_code, again.status_code) == (204, 204)
    assert (after["own"]["now"]["person"], after["may_hand_over"]) == ("property-post-1", False)
    assert after["own"]["later"][0]["person"] == "property-duty-2"
    assert [each["words"] for each in after["handed_over"]] == ["东门请再看一次"]
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-on-duty")


@pytest.mark.long
async def test_more_hand_overs_at_once_than_there_are_connections_do_not_wait_for_each_other(desk: Desk) -> None:
    night = await member_of_district(desk.routing, "property-duty-2")
    assert night is not None
    connections = desk.routing.runtime.pool.get_max_size()
    wanted = [Wanted(member=night, key=str(number), words="") for number in range(2 * connections)]

    async with asyncio.timeout(20):
        handing = [hand_over(desk.routing, each, to_person="property-post-1", hours=1) for each in wanted]
        outcomes = await asyncio.gather(*handing, return_exceptions=True)

    assert [outcome for outcome in outcomes if outcome is None] == [None]
    assert {type(outcome) for outcome in outcomes} <= {NoneType, NotOnDutyError, RaceLostError}


async def test_two_turns_are_swapped_in_two_steps(staff: Staff, desk: Desk) -> None:
    async with staff.programme("property-duty-2") as night, staff.at_desk("property-duty-1") as day:
        page = (await day.get("/desk/duty")).text
        token = hidden_in(page, "form_token")
        starts = re.findall(r'<option value="(2026-[^"]+)">物业值班员(.)', page)
        mine, others = ([at for at, who in starts if who == name] for name in "甲乙")
        turns = {"turn": mine[0], "other": others[-1]}
        empty = await day.client.post("/desk/duty/swap", data={**turns, "form_token": token, "note": ""})
        form = {**turns, "form_token": token, "note": "明天要带孩子看病"}
        asked = await day.client.post("/desk/duty/swap", data=form)
        [swap] = (await night.get("/duty")).json()["swaps"]
        answer = await night.post(f"/duty/swaps/{swap['id']}/accept", headers={ONCE: "3"})
        late = await night.post(f"/duty/swaps/{swap['id']}/accept", headers={ONCE: "4"})
        withdrawn = await day.client.post(f"/desk/duty/swaps/{swap['id']}/withdraw", data={"form_token": token})
        swapped = (await night.get("/duty")).json()

    assert (empty.status_code, asked.status_code, answer.status_code) == (422, 303, 204)
    assert (swap["words"], swap["may_answer"], swap["may_withdraw"]) == ("明天要带孩子看病", True, False)
    assert late.json()["type"] == "/problems/swap-over"
    assert (withdrawn.status_code, "刚才有人先改了" in withdrawn.text) == (409, True)
    held = {turn["start"]: turn["person"] for turn in swapped["own"]["later"]}
    assert held.get(swap["given"]["start"], "property-duty-2") == "property-duty-2"
    assert held.get(swap["taken"]["start"], "property-duty-1") == "property-duty-1"
    rows = await desk.routing.runtime.pool.fetch(
        "SELECT type FROM events WHERE stream IN ('shifts-chunhe-property', 'cover-chunhe-property') "
        "ORDER BY stream, version"
    )
    types = [row["type"].removeprefix("yima.routing.") for row in rows]
    assert types == ["CoverDefined", "SwapAsked", "SwapAccepted"]


async def test_a_swap_that_nobody_answered_is_said_to_have_lapsed(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("property-duty-1") as day:
        page = (await day.get("/desk/duty")).text
        starts = re.findall(r'<option value="(2026-[^"]+)">物业值班员(.)', page)
        mine, others = ([at for at, who in starts if who == name] for name in "甲乙")
        form = {"turn": mine[0], "other": others[-1], "note": "明天要带孩子看病"}
        await day.client.post("/desk/duty/swap", data={**form, "form_token": hidden_in(page, "form_token")})
        waiting = (await day.get("/desk/duty")).text

    begins = min(map(datetime.fromisoformat, (mine[0], others[-1])))
    desk.clock.advance(begins - desk.clock.now())
    await eventually(lambda: has_happened(desk, "SwapLapsed"))
    async with staff.at_desk("property-duty-1") as day, staff.programme("property-duty-2") as night:
        lapsed = (await day.get("/desk/duty")).text
        read = (await night.get("/duty")).json()

    assert ["换班没有成" in each for each in (waiting, lapsed)] == [False, True]
    [told] = read["lapsed"]
    assert (read["swaps"], told["words"], datetime.fromisoformat(told["lapsed_at"])) == ([], "明天要带孩子看病", begins)
    assert ("换班等答复" in waiting, "换班等答复" in lapsed, "明天要带孩子看病" in lapsed) == (True, False, True)


async def test_the_duty_goes_only_to_whose_role_may_accept_the_units_cases(staff: Staff) -> None:
    clerk = {"to": "property-clerk-1", "hours": 2, "words": "东门请再看一次"}
    async with staff.programme("property-duty-2") as night, staff.at_desk("property-manager") as manager:
        people = {each["id"]: each["may_be_on_duty"] for each in (await night.get("/duty")).json()["people"]}
        refused = await night.post("/duty/hand-over", json=clerk, headers={ONCE: "5"})
        page = (await manager.get("/desk/duty")).text
        form = {"to": "property-clerk-1", "hours": "2", "note": "替一下", "form_token": hidden_in(page, "form_token")}
        shown = await manager.client.post("/desk/duty/hand-over", data=form)

    assert people.pop("property-clerk-1") is False
    assert set(people.values()) == {True}
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/may-not-answer")
    assert 'value="property-post-1"' in page
    assert 'value="property-clerk-1"' not in page
    assert shown.status_code == 422
