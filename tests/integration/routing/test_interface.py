"""A member's program at the interface for cases: what it can do, and what it is told when it asks amiss."""

from uuid import UUID, uuid4

import httpx2
import pytest_asyncio

from services.routing.api.acts import TAKEN
from services.routing.app import create_app
from services.routing.domain.case import Status
from services.routing.handlers.acts import ACTS
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import SAME_SITE, Staff, staff_of

FIRE_LANE = "消防通道被堵住了"
TASK = "请派人到东门，联系车主挪车"
UNKNOWN_UNIT = {
    "reason": "is no unit that this case can go to",
    "remedy": "Take the id of one of the `units` that the case offers.",
}


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def fire_lane(desk: Desk) -> UUID:
    ticket = await desk.residents.report(FIRE_LANE, place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


def once(version: str = "*") -> dict[str, str]:
    """A key of its own, on the case as it was read, or whatever it is."""
    return {"idempotency-key": str(uuid4()), "if-match": version}


async def test_it_signs_in_as_the_description_shows(staff: Staff, desk: Desk) -> None:
    described = create_app(desk.routing).openapi()["paths"]["/api/v1/cases/session"]["post"]
    example = described["requestBody"]["content"]["application/json"]["example"]
    async with staff.programme(example["account"]) as client:
        session = await client.post("/cases/session", json=example)
        token = {"authorization": f"Bearer {session.json()['token']}"}
        listed = await client.get("/cases", headers=token)

    assert (session.status_code, listed.status_code) == (201, 200)


async def test_it_reads_and_acts_with_a_token(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.programme("committee-lead-1") as client:
        listed = (await client.get("/cases")).json()
        read = await client.get(f"/cases/{ticket}")
        key = once(read.headers["etag"])
        accepted = [await client.post(f"/cases/{ticket}/accept", json={}, headers=key) for _ in range(2)]

    assert (listed["total"], listed["cases"][0]["words"]) == (1, FIRE_LANE)
    assert read.json()["acts"][0] == "accept"
    assert (read.json()["urgent"], read.json()["stated_urgency"], read.json()["channel"]) == (True, None, "qr")
    assert read.headers["etag"] == f'"{listed["cases"][0]["version"]}"'
    assert [each.status_code for each in accepted] == [204, 204]
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]


async def test_who_acts_on_what_others_changed_is_told_what_they_did_and_who_does_not_look_must_say_so(
    staff: Staff, desk: Desk
) -> None:
    ticket, words = await fire_lane(desk), {"words": "不归我们管"}
    async with staff.programme("committee-lead-1") as lead, staff.programme("committee-member-1") as member:
        seen = (await lead.get(f"/cases/{ticket}")).headers["etag"]
        await member.post(f"/cases/{ticket}/contact", headers=once())
        await member.post(f"/cases/{ticket}/accept", headers=once(seen))
        blind = {"idempotency-key": "blind"}
        moved_on = await lead.post(f"/cases/{ticket}/return", json=words, headers=once(seen))
        unseen = await lead.post(f"/cases/{ticket}/return", json=words, headers=blind)
        noted = await lead.post(f"/cases/{ticket}/note", json=words, headers=blind)
        meant = await lead.post(f"/cases/{ticket}/return", json=words, headers=blind | {"if-match": "*"})

    accepted = (await desk.events(ticket))[3]
    told = moved_on.json()
    assert (moved_on.status_code, told["type"], told["version"]) == (412, "/problems/changed-meanwhile", 4)
    assert told["changes"] == [
        {
            "event": "CaseAccepted",
            "at": f"{accepted.at:%Y-%m-%dT%H:%M:%SZ}",
            "unit": "chunhe-committee",
            "by": "committee-member-1",
        }
    ]
    assert (seen, moved_on.headers["etag"]) == ('"2"', '"4"')
    assert (unseen.status_code, unseen.json()["type"]) == (428, "/problems/version-needed")
    assert (noted.status_code, meant.status_code) == (204, 204)
    assert (await desk.types(ticket))[3:] == ["CaseAccepted", "CaseNoted", "CaseReturned"]


async def test_it_reads_the_contact_masked_and_asks_for_it_in_full_once(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    key = once()
    async with staff.programme("committee-lead-1") as client, staff.programme("town-supervisor-1") as supervisor:
        masked = (await client.get(f"/cases/{ticket}")).json()["contact"]
        shown = [await client.post(f"/cases/{ticket}/contact", headers=key) for _ in range(2)]
        refused = await supervisor.post(f"/cases/{ticket}/contact", headers=once())

    assert masked == {"name": "", "phone": "100****0999"}
    assert [each.json()["phone"] for each in shown] == ["+8610000000999"] * 2
    assert {each.headers["cache-control"] for each in shown} == {"no-store"}
    assert (refused.status_code, await desk.types(ticket)) == (403, ["CaseOpened", "CaseAssigned", "ContactRevealed"])


async def test_it_calls_units_that_the_case_offers_and_reads_who_has_come(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.programme("committee-lead-1") as client:
        await client.post(f"/cases/{ticket}/accept", headers=once())
        offered = {unit["id"]: unit["name"]["zh"] for unit in (await client.get(f"/cases/{ticket}")).json()["units"]}
        order, key = {"words": TASK, "units": ["xinhe-police"]}, once()
        called = [await client.post(f"/cases/{ticket}/whistle", json=order, headers=key) for _ in range(2)]
        case = (await client.get(f"/cases/{ticket}")).json()

    assert "xinhe-police" in offered
    assert "chunhe-committee" not in offered
    assert [answer.status_code for answer in called] == [204, 204]
    (part,) = case["parts"]
    assert (part["unit"], part["called_by"], part["state"]) == ("xinhe-police", "chunhe-committee", "called")
    assert part["task"] == TASK
    assert [(each["event"], each["unit"], each["words"]) for each in case["way"]][-2:] == [
        ("CaseAccepted", "chunhe-committee", None),
        ("WhistleBlown", "xinhe-police", TASK),
    ]
    assert (part["reported_at"], part["late"]) == (None, False)
    assert "resolve" not in case["acts"]


async def test_a_called_unit_has_its_own_deadline_until_it_is_there_and_the_case_until_it_is_let_go(
    staff: Staff, desk: Desk
) -> None:
    ticket = await fire_lane(desk)
    async with (
        staff.programme("committee-lead-1") as lead,
        staff.programme("police-duty-1") as police,
        staff.programme("traffic-police-duty-1") as traffic,
        staff.programme("grid-dispatcher-1") as grid,
    ):

        async def seen_by(client: httpx2.AsyncClient) -> tuple[int, str | None, int]:
            listed = (await client.get("/cases")).json()
            clock = listed["cases"][0]["clock"] if listed["cases"] else None
            return listed["total"], clock, (await client.get(f"/cases/{ticket}")).status_code

        await lead.post(f"/cases/{ticket}/accept", headers=once())
        order = {"words": TASK, "units": ["xinhe-police", "xinhe-traffic-police"]}
        await lead.post(f"/cases/{ticket}/whistle", json=order, headers=once())
        called = await seen_by(police)
        await police.post(f"/cases/{ticket}/report-in", headers=once())
        there = await seen_by(police)
        await traffic.post(f"/cases/{ticket}/task-decline", json={"words": "不归我们"}, headers=once())
        declined = await seen_by(traffic)
        await grid.post(f"/cases/{ticket}/task-release", json={"unit": "xinhe-traffic-police"}, headers=once())

        assert (called, there, declined) == ((1, "report_in", 200), (1, "resolve", 200), (1, "resolve", 200))
        assert await seen_by(traffic) == (0, None, 404)
        assert await seen_by(lead) == (1, "resolve", 200)


AMISS: list[tuple[str, dict[str, object], list[tuple[str, str, str]]]] = [
    ("note", {}, [("words", "is missing", "Give it.")]),
    ("note", {"words": "  "}, [("words", "is missing or empty", "Give it.")]),
    ("note", {"words": 7}, [("words", "is not text", "Send a JSON string.")]),
    (
        "note",
        {"words": "长" * 2_001},
        [("words", "is longer than 2000 characters", "Shorten it to 2000 characters.")],
    ),
    (
        "note",
        {"words": "a\0"},
        [("words", "holds control characters", "Take them out; line breaks and tabs may stay.")],
    ),
    (
        "accept",
        {"words": "好"},
        [("words", "is not a field of this operation", "Leave it out, or correct its name.")],
    ),
    ("whistle", {"words": TASK, "units": "xinhe-police"}, [("units", "is not a list", "Send a JSON list.")]),
    ("whistle", {"words": TASK, "units": []}, [("units", "holds fewer than 1", "Send at least 1.")]),
    (
        "whistle",
        {"words": TASK, "unit": "xinhe-police"},
        [
            ("units", "is missing", "Give it."),
            ("unit", "is not a field of this operation", "Leave it out, or correct its name."),
        ],
    ),
    ("task-release", {}, [("unit", "is missing", "Give it.")]),
]


async def test_a_body_that_is_amiss_is_told_field_by_field(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.programme("committee-lead-1") as client:
        told = []
        for act, body, _ in AMISS:
            answer = await client.post(f"/cases/{ticket}/{act}", json=body, headers=once())
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
            told.append((act, body, [tuple(error.values()) for error in answer.json()["errors"]]))

    assert told == AMISS
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned"]


async def test_a_body_that_is_no_json_and_a_key_that_is_missing_are_told(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.programme("committee-lead-1") as client:
        no_json = await client.post(f"/cases/{ticket}/note", content=b"{", headers=once())
        no_text = await client.post(f"/cases/{ticket}/note", content=b"\xff", headers=once())
        no_key = await client.post(f"/cases/{ticket}/note", json={"words": "到场"})

    not_json = {"field": "body", "reason": "is not a JSON object", "remedy": "Write one JSON object in UTF-8."}
    assert [each.json()["errors"] for each in (no_json, no_text)] == [[not_json], [not_json]]
    assert no_key.json()["errors"] == [{"field": "Idempotency-Key", "reason": "is missing", "remedy": "Give it."}]


async def test_a_body_that_says_it_is_something_else_or_says_something_twice_is_refused(
    staff: Staff, desk: Desk
) -> None:
    ticket = await fire_lane(desk)
    async with staff.programme("committee-lead-1") as client:
        form = {**once(), "content-type": "application/x-www-form-urlencoded"}
        as_form = await client.post(f"/cases/{ticket}/accept", content=b"{}", headers=form)
        twice = await client.post(f"/cases/{ticket}/note", content=b'{"words":"a","words":"b"}', headers=once())

    assert (as_form.status_code, as_form.json()["type"]) == (415, "/problems/unsupported-body")
    assert twice.json()["errors"] == [
        {"field": "words", "reason": "stands there more than once", "remedy": "Give it once."}
    ]
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned"]


async def test_a_unit_that_the_act_can_not_name_is_told_where_it_stands(staff: Staff, desk: Desk) -> None:
    ticket = await fire_lane(desk)
    async with staff.programme("committee-lead-1") as client:

        async def refused(act: str, **body: object) -> tuple[str, list[dict[str, str]]]:
            answer = await client.post(f"/cases/{ticket}/{act}", json={"words": TASK, **body}, headers=once())
            return answer.json()["type"], answer.json()["errors"]

        await client.post(f"/cases/{ticket}/accept", headers=once())
        order = {"words": TASK, "units": ["xinhe-police"]}
        await client.post(f"/cases/{ticket}/whistle", json=order, headers=once())
        stranger = await refused("whistle", units=["xinhe-grid", "10000000999"])
        own = await refused("whistle", units=["chunhe-committee"])
        again = await refused("whistle", units=["xinhe-police"])
        nowhere = await refused("transfer", unit="10000000999")

    assert stranger == ("/problems/unit-unknown", [{"field": "units.1", **UNKNOWN_UNIT}])
    assert nowhere == ("/problems/unit-unknown", [{"field": "unit", **UNKNOWN_UNIT}])
    assert own[0] == "/problems/same-unit"
    assert own[1][0]["reason"] == "chunhe-committee has the case already"
    assert again[0] == "/problems/already-called"
    assert again[1][0]["reason"] == "xinhe-police has a task in this case that is not done yet"


ASTRAY = [
    ("GET", "/cases/notauuid", 404, "case-unknown"),
    ("GET", f"/cases/{UUID(int=7)}", 404, "case-unknown"),
    ("POST", "/cases/notauuid/accept", 404, "case-unknown"),
    ("POST", f"/cases/{UUID(int=7)}/dance", 404, "unknown-act"),
    ("GET", "/cases?show=all", 422, "invalid-request"),
    ("GET", "/cases?cursor=x", 422, "invalid-request"),
    ("GET", "/cases?days=31", 422, "invalid-request"),
    ("GET", "/cases?place=%00", 422, "invalid-request"),
    ("GET", "/cases?shwo=closed", 422, "invalid-request"),
    ("GET", "/cases?show=mine&show=closed", 422, "invalid-request"),
    ("GET", f"/cases/{UUID(int=7)}?show=all", 422, "invalid-request"),
    ("PUT", "/cases/session", 405, "method-not-allowed"),
    ("GET", f"/cases/{UUID(int=7)}/a/b", 404, "unknown-address"),
]


async def test_an_address_that_is_amiss_has_its_problem(staff: Staff) -> None:
    told = []
    async with staff.programme("committee-lead-1") as client:
        for method, address, _, _ in ASTRAY:
            answer = await client.request(method, address, headers=once())
            assert answer.headers["content-type"] == "application/problem+json"
            told.append((method, address, answer.status_code, answer.json()["type"].removeprefix("/problems/")))

    assert told == ASTRAY


async def test_who_is_not_signed_in_is_told_so_before_what_is_amiss(staff: Staff) -> None:
    async with staff.programme("committee-lead-1") as client:
        del client.headers["authorization"]
        answers = [
            await client.get("/cases/notauuid"),
            await client.post(f"/cases/{UUID(int=7)}/note", content=b"{"),
            await client.post(f"/cases/{UUID(int=7)}/dance"),
        ]

    assert {answer.json()["type"] for answer in answers} == {"/problems/not-signed-in"}


async def test_a_first_use_password_opens_nothing_by_way_of_the_desk_either(staff: Staff) -> None:
    who = "committee-lead-1"
    async with staff.browser() as browser:
        begun = await browser.client.post(
            "/api/v1/cases/session", json={"account": who, "password": staff.passwords[who]}
        )
        await browser.sign_in(who, staff.passwords[who])
        token = {"authorization": f"Bearer {browser.client.cookies['yima_desk']}"}
        listed = await browser.client.get("/api/v1/cases", headers=token)

    assert [(each.status_code, each.json()["type"]) for each in (begun, listed)] == [
        (403, "/problems/first-password-first")
    ] * 2


async def test_it_honours_no_cookie(staff: Staff) -> None:
    async with staff.at_desk("committee-lead-1") as lead:
        token = lead.client.cookies["yima_desk"]
        response = await lead.client.get("/api/v1/cases", headers={**SAME_SITE, "cookie": f"yima_desk={token}"})

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


async def test_it_describes_each_act_with_what_it_takes(desk: Desk) -> None:
    described = create_app(desk.routing).openapi()
    of_a_case = "/api/v1/cases/{case_id}"

    assert set(TAKEN) == set(ACTS)
    assert set(described["paths"]) == {
        "/api/v1/cases",
        "/api/v1/cases/pass",
        "/api/v1/cases/session",
        "/api/v1/cases/sessions",
        of_a_case,
        *(f"{of_a_case}/{name}" for name in (*ACTS, "contact")),
        *("/api/v1/cases/bulk/remind", "/api/v1/cases/bulk/transfer"),
        *("/api/v1/duty", "/api/v1/duty/hand-over", "/api/v1/duty/swaps"),
        *(f"/api/v1/duty/swaps/{{swap}}/{answer}" for answer in ("accept", "decline", "withdraw")),
        *("/api/v1/admin/editions", "/api/v1/admin/editions/{edition}", "/api/v1/admin/differences"),
        *("/api/v1/admin/rules", "/api/v1/admin/rules/{rule}"),
        *("/api/v1/admin/users", "/api/v1/admin/users/{person}", "/api/v1/admin/users/{person}/end-sessions"),
        "/api/v1/admin/contact-exports",
    }
    whistle = described["paths"][f"{of_a_case}/whistle"]["post"]
    assert whistle["requestBody"]["content"]["application/json"]["schema"]["required"] == ["words", "units"]
    assert whistle["security"] == [{"staff session": []}]
    assert {"204", "412", "428", "default"} == set(whistle["responses"])
    held_to_what_was_seen = {
        name for name in ACTS if "428" in described["paths"][f"{of_a_case}/{name}"]["post"]["responses"]
    }
    assert set(ACTS) - held_to_what_was_seen == {"note", "report-in", "confer"}
    assert "application/problem+json" in whistle["responses"]["default"]["content"]
    assert "HTTPValidationError" not in described["components"]["schemas"]


async def test_a_client_that_sends_too_much_is_told_the_limit(staff: Staff) -> None:
    async with staff.programme("committee-lead-1") as client:
        answer: httpx2.Response = await client.post(f"/cases/{UUID(int=7)}/note", content=b"x" * 70_000, headers=once())

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
