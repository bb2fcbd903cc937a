"""The admin's program at the interface: editions, rules and people by the rights of the pages, and sessions ended."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest_asyncio

from services.routing.app import create_app
from services.routing.domain.case import Status
from services.routing.domain.district import District
from services.routing.handlers.district import publish_district
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of

Operation = tuple[str, str, dict[str, Any]]


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def publish_without_the_last_place(desk: Desk, district: District) -> str:
    gone = district.places[-1]
    smaller = district.model_copy(update={"places": tuple(each for each in district.places if each.code != gone.code)})
    await publish_district(desk.routing, smaller, file_sha256="0" * 64, by="district-admin-1")
    return gone.code


def once(key: str = "") -> dict[str, str]:
    return {"idempotency-key": key or str(uuid4())}


def examples(desk: Desk) -> list[Operation]:
    """Each operation of the admin's as the description shows it: its address filled in, and what it is asked with."""
    shown = []
    for path, by_method in create_app(desk.routing).openapi()["paths"].items():
        for method, operation in by_method.items() if path.startswith("/api/v1/admin") else ():
            given = {each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] != "header"}
            values = {name: example_of(schema) for name, schema in given.items()}
            filled = {name: values.pop(name) for name in re.findall(r"{(\w+)}", path)}
            shown.append((method, path.format(**filled).removeprefix("/api/v1"), values))
    return shown


def example_of(schema: dict[str, Any]) -> Any:
    return schema["examples"][0]


async def sent(client: httpx2.AsyncClient, operation: Operation) -> httpx2.Response:
    method, address, query = operation
    return await client.request(method, address, params=query, headers=once())


async def test_each_example_of_the_description_is_answered_and_only_to_whom_the_table_names(
    staff: Staff, desk: Desk, district: District
) -> None:
    await publish_without_the_last_place(desk, district)
    shown = examples(desk)
    async with (
        staff.programme("district-admin-1") as admin,
        staff.programme("district-auditor-1") as auditor,
        staff.programme("town-supervisor-1") as supervisor,
    ):
        refused = [await sent(supervisor, each) for each in shown]
        read = {each[:2]: (await sent(auditor, each)).status_code for each in shown}
        done = {each[:2]: (await sent(admin, each)).status_code for each in shown}
        del admin.headers["authorization"]
        strangers = {(await sent(admin, each)).json()["type"] for each in shown}

    end = ("post", "/admin/users/committee-lead-1/end-sessions")
    reads = dict.fromkeys([each[:2] for each in shown if each[0] == "get"], 200)
    assert (len(shown), done) == (9, reads | {end: 204})
    assert read == reads | {end: 403}
    assert {(each.status_code, each.json()["type"]) for each in refused} == {(403, "/problems/not-for-this-role")}
    assert strangers == {"/problems/not-signed-in"}


async def test_it_reads_editions_differences_rules_and_people_as_the_pages_show_them(
    staff: Staff, desk: Desk, district: District
) -> None:
    ticket = await desk.residents.report("消防通道被堵住了", place=EAST_GATE, at=NOW - timedelta(minutes=5))
    await desk.case_once(ticket, Status.ASSIGNED)
    gone = await publish_without_the_last_place(desk, district)
    async with staff.programme("district-auditor-1") as client:

        async def read(address: str) -> Any:
            answer = await client.get(f"/admin{address}")
            assert answer.status_code == 200, answer.text
            return answer.json()

        editions, newest = (await read("/editions"))["editions"], await read("/editions/2")
        lately, all_of_it = await read("/differences"), await read("/differences?from=0&to=1")
        backward = await read("/differences?from=2&to=1")
        rules, fire_lane = await read("/rules?days=7"), await read("/rules/fire-lane")
        users, lead = (await read("/users"))["users"], await read("/users/committee-lead-1")

    assert [each["edition"] for each in editions] == [2, 1]
    assert editions[0] == newest
    assert newest["published_by"] == "district-admin-1"
    assert [(each["kind"], each["id"], each["what"]) for each in lately["differences"]] == [("place", gone, "retired")]
    assert (backward, lately["earlier"], lately["later"]) == (lately, 1, 2)
    assert {each["what"] for each in all_of_it["differences"]} == {"added"}
    assert [each["id"] for each in rules["rules"]] == [each.id for each in district.rules]
    assert (rules["rules"][0], fire_lane["place"], fire_lane["hits"]) == (fire_lane, 1, 1)
    assert fire_lane["when"]["words_any"] == list(district.rules[0].when.words_any)
    assert lead in users
    assert (lead["name"], lead["unit"], lead["sessions"]) == ("居委会负责人甲", "chunhe-committee", 0)
    assert "1000000" not in str(users) + str(all_of_it)


ASTRAY = [
    ("/admin/editions/3", 404, "edition-unknown"),
    ("/admin/editions/first", 422, "invalid-request"),
    ("/admin/differences?from=1&to=3", 404, "edition-unknown"),
    ("/admin/differences?form=1", 422, "invalid-request"),
    ("/admin/differences?from=-1", 422, "invalid-request"),
    ("/admin/rules?days=0", 422, "invalid-request"),
    ("/admin/rules/no-such-rule", 404, "rule-unknown"),
    ("/admin/users/nobody", 404, "unknown-account"),
    ("/admin/users/%00", 422, "invalid-request"),
    ("/admin/elsewhere", 404, "unknown-address"),
]


async def test_what_is_asked_amiss_has_its_problem(staff: Staff) -> None:
    told = []
    async with staff.programme("district-auditor-1") as client:
        for address, _, _ in ASTRAY:
            answer = await client.get(address)
            assert answer.headers["content-type"] == "application/problem+json"
            told.append((address, answer.status_code, answer.json()["type"].removeprefix("/problems/")))

    assert told == ASTRAY


async def test_sessions_are_ended_once_for_the_key_and_who_did_it_is_kept(staff: Staff) -> None:
    end, key = "/admin/users/committee-lead-1/end-sessions", once("lost phone")
    async with staff.programme("district-admin-1") as admin:
        async with staff.programme("committee-lead-1") as lead:
            ended = await admin.post(end, headers=key)
            gone = await lead.get("/cases")
        async with staff.programme("committee-lead-1") as lead:
            again = await admin.post(end, headers=key)
            stays = await lead.get("/cases")
        for_another = await admin.post(end.replace("lead-1", "lead-2"), headers=key)
        without = await admin.post(end)
        nobody = await admin.post(end.replace("lead-1", "lead-9"), headers=once())
        user = (await admin.get("/admin/users/committee-lead-1")).json()
    async with staff.at_desk("district-auditor-1") as auditor:
        page = (await auditor.get("/desk/admin/users")).text

    assert (ended.status_code, gone.status_code) == (204, 401)
    assert (again.status_code, stays.status_code) == (204, 200)
    assert for_another.json()["type"] == "/problems/idempotency-conflict"
    assert (without.status_code, nobody.json()["type"]) == (422, "/problems/unknown-account")
    assert user["signed_out"]["by"] == "district-admin-1"
    assert user["sessions"] >= 1
    assert page.count("由 district-admin-1 让其退出所有设备") == 1
