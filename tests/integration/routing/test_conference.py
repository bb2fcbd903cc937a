"""会商: called units confer at the desk, what they agreed stands on the case, and what waits for an answer is known."""

from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from services.routing.domain.case import Status
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Browser, Staff, hidden_in, staff_of
from tests.integration.routing.test_desk import photo

TASK = "请派人到东门，联系车主挪车"
AGREED = "由派出所联系车主，物业立牌"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def whistled(desk: Desk, lead: Browser, *units: str) -> UUID:
    ticket = await desk.residents.report("东门外消防通道被几辆车堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    assert (await lead.act(ticket, "accept")).status_code == 303
    assert (await sent(lead, ticket, "whistle", units=list(units), task=TASK)) == 303
    return ticket


async def sent(by: Browser, ticket: UUID, action: str, *, photos: bytes = b"", **fields: list[str] | str) -> int:
    page = await by.page_of(ticket)
    data = {"version": hidden_in(page, "version"), "form_token": hidden_in(page, "form_token"), **fields}
    files = {"photos": ("site.jpg", photos, "image/jpeg")} if photos else None
    return (await by.client.post(f"/desk/cases/{ticket}/{action}", data=data, files=files)).status_code


async def test_what_was_agreed_is_read_by_every_unit_with_its_photos(staff: Staff, desk: Desk) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("grid-dispatcher-1") as dispatcher,
        staff.at_desk("police-duty-1") as police,
    ):
        ticket = await whistled(desk, lead, "xinhe-police", "xinhe-emergency")
        present = ["chunhe-committee", "xinhe-police"]
        held = await sent(dispatcher, ticket, "confer", units=present, minutes=AGREED, photos=photo("green"))
        noted = await sent(police, ticket, "note", note="到场所见", photos=photo("blue"))
        page = await police.page_of(ticket)
        pictures = [await police.get(part.split('"')[0]) for part in page.split('<img src="')[1:]]
        by_called = await sent(police, ticket, "confer", units=present, minutes=AGREED)
        nobody = await sent(dispatcher, ticket, "confer", minutes=AGREED)

    assert (held, noted, by_called, nobody) == (303, 303, 403, 422)
    for said in ("会商，到会：春和居委会、新禾派出所", AGREED, "新禾镇城运中心应急办未到会，纪要已发送"):
        assert said in page
    assert [picture.status_code for picture in pictures] == [200, 200]
    assert (await desk.types(ticket))[-3:] == ["ConferenceHeld", "ConferenceMissed", "CaseNoted"]


async def test_a_program_writes_minutes_and_is_told_of_a_stranger(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        ticket = await whistled(desk, lead, "xinhe-police")
    async with staff.programme("committee-lead-1") as client:
        stranger = await client.post(
            f"/cases/{ticket}/confer",
            headers={"idempotency-key": str(uuid4()), "if-match": "*"},
            json={"units": ["xinhe-police", "xinhe-emergency"], "words": AGREED},
        )
        held = await client.post(
            f"/cases/{ticket}/confer",
            headers={"idempotency-key": str(uuid4()), "if-match": "*"},
            json={"units": ["xinhe-police"], "words": AGREED},
        )

    assert (stranger.status_code, held.status_code) == (409, 204)
    assert stranger.json()["type"].endswith("takes-no-part")


async def test_what_waits_for_the_grid_is_a_row_until_it_is_answered(staff: Staff, desk: Desk) -> None:
    async def waiting() -> list[tuple[str, str, str]]:
        rows = await desk.routing.runtime.pool.fetch("SELECT asked_by, about, unit FROM questions ORDER BY asked_by")
        return [(row["asked_by"], row["about"], row["unit"]) for row in rows]

    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("grid-dispatcher-1") as dispatcher,
        staff.at_desk("police-duty-1") as police,
    ):
        ticket = await whistled(desk, lead, "xinhe-police")
        await lead.act(ticket, "extend", working_days="1", reason="等车主")
        await police.act(ticket, "task-decline", reason="不归我们")
        both = await waiting()
        await dispatcher.act(ticket, "extend-grant")
        await dispatcher.act(ticket, "task-release", unit="xinhe-police")

    assert both == [("chunhe-committee", "extension", "xinhe-grid"), ("xinhe-police", "task", "xinhe-grid")]
    assert await waiting() == []


async def test_the_police_station_gets_the_job_with_the_others_let_go(staff: Staff, desk: Desk) -> None:
    async with (
        staff.at_desk("committee-lead-1") as lead,
        staff.at_desk("grid-dispatcher-1") as dispatcher,
        staff.at_desk("police-duty-1") as police,
    ):
        ticket = await whistled(desk, lead, "xinhe-police", "xinhe-emergency")
        deadline = (await desk.case(ticket)).resolve.deadline
        early = await sent(dispatcher, ticket, "entrust", unit="xinhe-police")
        await police.act(ticket, "report-in")
        given = await sent(dispatcher, ticket, "entrust", unit="xinhe-police", release="yes", reason=AGREED)
        resolved = await sent(police, ticket, "resolve", note="车主已挪车，并已教育")
        page = await lead.page_of(ticket)

    case = await desk.case(ticket)
    assert (early, given, resolved) == (409, 303, 303)
    assert (case.unit, case.status, case.resolve.deadline) == ("xinhe-police", Status.RESOLVED, deadline)
    for said in ("新禾派出所受命牵头办理", AGREED, "已转为牵头", "网格同意新禾镇城运中心应急办不办"):
        assert said in page


async def test_each_unit_reads_the_task_that_is_its_own(staff: Staff, desk: Desk) -> None:
    async with staff.at_desk("committee-lead-1") as lead, staff.at_desk("police-duty-1") as police:
        ticket = await whistled(desk, lead, "xinhe-grid")
        own: dict[str, Any] = {"task-xinhe-police": "请查车主电话"}
        assert await sent(lead, ticket, "whistle", units=["xinhe-police", "xinhe-emergency"], task=TASK, **own) == 303
        page = await police.page_of(ticket)
    async with staff.programme("committee-lead-1") as client:
        stranger = await client.post(
            f"/cases/{ticket}/whistle",
            headers={"idempotency-key": str(uuid4()), "if-match": "*"},
            json={"words": TASK, "units": ["xinhe-traffic-police"], "calls": [{"unit": "nobody", "task": AGREED}]},
        )
        called = await client.post(
            f"/cases/{ticket}/whistle",
            headers={"idempotency-key": str(uuid4()), "if-match": "*"},
            json={
                "words": TASK,
                "units": ["xinhe-traffic-police"],
                "calls": [{"unit": "xinhe-traffic-police", "task": AGREED}],
            },
        )
        withdrawn = [
            (
                await client.post(
                    f"/cases/{ticket}/{act}", headers={"idempotency-key": str(uuid4()), "if-match": "*"}, json=body
                )
            )
            for act, body in (("extend", {"words": TASK, "working_days": 1}), ("extend-withdraw", {}))
        ]
        parts = {part["unit"]: part["task"] for part in (await client.get(f"/cases/{ticket}")).json()["parts"]}

    assert "请查车主电话" in page
    assert (stranger.status_code, called.status_code) == (422, 204)
    assert [answer.status_code for answer in withdrawn] == [204, 204]
    assert parts["xinhe-police"] == "请查车主电话"
    assert parts["xinhe-emergency"] == TASK
    assert parts["xinhe-traffic-police"] == AGREED
