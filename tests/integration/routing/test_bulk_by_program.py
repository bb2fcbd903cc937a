"""A member's program acts on several cases at once: each is answered for itself, as the description shows it."""

import json
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from services.routing.api.bulk import ASKED, FIRST, SECOND, TAKEN
from services.routing.app import create_app
from services.routing.domain.case import Status
from services.routing.domain.permissions import Action
from services.routing.handlers.bulk import IN_BULK
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of

ONCE = {"idempotency-key": "once for all"}
DONE = {Action.REMIND: ["CaseReminded"], Action.TRANSFER: ["CaseTransferred", "CaseAssigned"]}


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def reported(desk: Desk) -> UUID:
    ticket = await desk.residents.report("东门外消防通道被几辆车堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


def of_these(example: Any, first: UUID, second: UUID) -> Any:
    """The example, of cases that there are."""
    return json.loads(json.dumps(example).replace(FIRST, str(first)).replace(SECOND, str(second)))


@pytest.mark.parametrize("action", IN_BULK)
async def test_each_example_of_the_description_is_answered_as_it_shows_and_does_nothing_twice(
    staff: Staff, desk: Desk, action: Action
) -> None:
    assert set(TAKEN) == set(IN_BULK)
    described = create_app(desk.routing).openapi()["paths"][f"/api/v1/cases/bulk/{action}"]["post"]
    asked = described["requestBody"]["content"]["application/json"]["example"]
    shown = described["responses"]["207"]["content"]["application/json"]["example"]
    first, moved_on = await reported(desk), await reported(desk)
    async with staff.programme("committee-lead-1") as lead, staff.programme("grid-dispatcher-1") as grid:
        await lead.post(f"/cases/{moved_on}/accept", headers={"idempotency-key": "a", "if-match": '"2"'})
        body = of_these(asked, first, moved_on)
        answers = [await grid.post(f"/cases/bulk/{action}", json=body, headers=ONCE) for _ in range(2)]
        other_words = await grid.post(f"/cases/bulk/{action}", json={**body, "words": "明天也行"}, headers=ONCE)

    assert [each.status_code for each in answers] == [207, 207]
    assert [each.json() for each in answers] == [of_these(shown, first, moved_on)] * 2
    assert [each["status"] for each in other_words.json()["results"]] == [422, 412, 404]
    assert other_words.json()["results"][0]["problem"]["type"] == "/problems/idempotency-conflict"
    assert await desk.types(first) == ["CaseOpened", "CaseAssigned", *DONE[action]]
    assert await desk.types(moved_on) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]


async def test_a_refusal_names_its_field_and_whatever_a_case_is_must_be_said(staff: Staff, desk: Desk) -> None:
    moved_on = await reported(desk)
    async with staff.programme("committee-lead-1") as lead, staff.programme("grid-dispatcher-1") as grid:
        await lead.post(f"/cases/{moved_on}/accept", headers={"idempotency-key": "a", "if-match": "*"})
        chosen = {"cases": [{"id": str(moved_on), "version": "*"}], "words": "归物业管"}
        nowhere = await grid.post("/cases/bulk/transfer", json=chosen | {"unit": "nowhere"}, headers=ONCE)
        sent = await grid.post("/cases/bulk/transfer", json=chosen | {"unit": "chunhe-property"}, headers=ONCE)

    [refused] = nowhere.json()["results"]
    assert (nowhere.status_code, refused["status"], refused["problem"]["errors"][0]["field"]) == (207, 422, "unit")
    assert (sent.json()["done"], (await desk.case(moved_on)).unit) == (1, "chunhe-property")


ID = str(UUID(int=9))
AMISS: list[tuple[Any, dict[str, str]]] = [
    ([], {"field": "cases", "reason": "holds fewer than 1", "remedy": "Send at least 1."}),
    (
        [{"id": str(UUID(int=each)), "version": 1} for each in range(101)],
        {"field": "cases", "reason": "holds more than 100", "remedy": "Send at most 100."},
    ),
    (
        [{"id": ID, "version": 1}, {"id": ID, "version": 2}],
        {"field": "cases.1", "reason": "stands there more than once", "remedy": "Give it once."},
    ),
    ([{"id": ID}], {"field": "cases.0.version", "reason": "is missing", "remedy": "Give it."}),
    *(
        (
            [{"id": ID, "version": version}],
            {
                "field": "cases.0.version",
                "reason": "is no version of a case",
                "remedy": 'Take the `version` that the case was read with, or "*".',
            },
        )
        for version in (0, True, "7", None, 1.5, 10**9)
    ),
]


async def test_a_body_that_is_amiss_and_who_watches_over_no_others_are_refused_as_a_whole(staff: Staff) -> None:
    body = ASKED[Action.REMIND]
    async with staff.programme("committee-member-1") as member, staff.programme("grid-dispatcher-1") as grid:
        told = []
        for cases, _ in AMISS:
            answer = await grid.post("/cases/bulk/remind", json={**body, "cases": cases}, headers=ONCE)
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
            told.append((cases, *answer.json()["errors"]))
        refused = await member.post("/cases/bulk/remind", json=body, headers=ONCE)
        without_key = await grid.post("/cases/bulk/remind", json=body)
        no_bulk = await grid.post("/cases/bulk/accept", json={}, headers=ONCE)

    assert told == AMISS
    assert (refused.status_code, without_key.status_code) == (403, 422)
    assert (no_bulk.status_code, no_bulk.json()["type"]) == (404, "/problems/unknown-act")
