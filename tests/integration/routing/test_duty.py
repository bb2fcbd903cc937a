"""The duty page at the real desk: whom it shows to whom, and what it never shows."""

import re

import pytest_asyncio

from tests.integration.routing.conftest import Desk
from tests.integration.routing.staff import Staff, hidden_in, staff_of


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


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


async def test_a_turn_is_handed_over_and_two_are_swapped(staff: Staff, desk: Desk) -> None:
    async with staff.programme("property-duty-2") as night, staff.at_desk("property-duty-1") as day:
        before = (await night.get("/duty")).json()
        mine = {"to": "property-post-1", "hours": 2, "words": "东门请再看一次"}
        first, again = [await night.post("/duty/hand-over", json=mine, headers={"Idempotency-Key": "1"}) for _ in "12"]
        handed_over = (await night.get("/duty")).json()
        wrong = await night.post(
            "/duty/hand-over", json={**mine, "to": "committee-lead-1"}, headers={"Idempotency-Key": "2"}
        )
        page = (await day.get("/desk/duty")).text
        starts = re.findall(r'<option value="(2026-[^"]+)">物业值班员(.)', page)
        form = {
            "form_token": hidden_in(page, "form_token"),
            "turn": next(start for start, who in starts if who == "甲"),
            "other": [start for start, who in starts if who == "乙"][-1],
            "note": "明天要带孩子看病",
        }
        empty = await day.client.post("/desk/duty/swap", data={**form, "note": ""})
        asked = await day.client.post("/desk/duty/swap", data=form)
        [swap] = (await night.get("/duty")).json()["swaps"]
        answer = await night.post(f"/duty/swaps/{swap['id']}/accept", headers={"Idempotency-Key": "3"})
        late = await night.post(f"/duty/swaps/{swap['id']}/accept", headers={"Idempotency-Key": "4"})
        swapped = (await night.get("/duty")).json()

    assert (before["own"]["now"]["person"], before["may_hand_over"]) == ("property-duty-2", True)
    assert (first.status_code, again.status_code) == (204, 204)
    assert (handed_over["own"]["now"]["person"], handed_over["own"]["later"][0]["person"]) == (
        "property-post-1",
        "property-duty-2",
    )
    assert [each["words"] for each in handed_over["handed_over"]] == ["东门请再看一次"]
    assert (wrong.status_code, wrong.json()["type"]) == (403, "/problems/not-on-duty")
    assert (empty.status_code, asked.status_code) == (422, 303)
    assert (swap["words"], swap["may_answer"], swap["may_withdraw"]) == ("明天要带孩子看病", True, False)
    assert (answer.status_code, late.json()["type"]) == (204, "/problems/swap-over")
    given, taken = swap["given"], swap["taken"]
    held = {turn["start"]: turn["person"] for turn in swapped["own"]["later"]}
    assert held.get(given["start"], "property-duty-2") == "property-duty-2"
    assert held.get(taken["start"], "property-duty-1") == "property-duty-1"
    rows = await desk.routing.runtime.pool.fetch(
        "SELECT type FROM events WHERE stream IN ('shifts-chunhe-property', 'cover-chunhe-property') "
        "ORDER BY stream, version"
    )
    assert [row["type"].removeprefix("yima.routing.") for row in rows] == [
        *("CoverDefined", "CoverDefined"),
        *("DutyHandedOver", "SwapAsked", "SwapAccepted"),
    ]
