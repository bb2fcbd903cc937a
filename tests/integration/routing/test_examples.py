"""Whole lives of cases by what the description shows: each act's example is sent as it stands there, and done."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest_asyncio

from services.routing.api.bodies import FORM
from services.routing.api.examples import FOLLOW_UP, NUMBER
from services.routing.app import create_app
from services.routing.domain.case import Status
from services.routing.handlers.acts import ACTS
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of
from tests.integration.routing.test_desk import photo

LEAD, MEMBER, GRID = "committee-lead-1", "committee-member-1", "grid-dispatcher-1"
POLICE, TRAFFIC, PROPERTY = "police-duty-1", "traffic-police-duty-1", "property-duty-1"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


@dataclass(slots=True)
class Shown:
    """Members' programs that send what is shown of each act, with the version that they read."""

    staff: Staff
    paths: dict[str, Any]
    done: set[str] = field(default_factory=set)
    tokens: dict[str, str] = field(default_factory=dict)

    async def play(self, case: UUID, *acts: tuple[str, str], number: str = "") -> None:
        for person, act in acts:
            async with await self._program(person) as client:
                await self._send(client, case, act, number)

    async def _program(self, person: str) -> httpx2.AsyncClient:
        if person not in self.tokens:
            async with self.staff.programme(person) as signed_in:
                self.tokens[person] = signed_in.headers["authorization"]
        transport = httpx2.ASGITransport(app=self.staff.app)
        headers = {"authorization": self.tokens[person]}
        return httpx2.AsyncClient(transport=transport, base_url="http://yima/api/v1", headers=headers)

    async def _send(self, client: httpx2.AsyncClient, case: UUID, act: str, number: str) -> None:
        read = await client.get(f"/cases/{case}")
        # The one that the example asked for; others are the rule's.
        follow_up = next((each["id"] for each in read.json()["follow_ups"] if each["task"]), "")
        headers = {"idempotency-key": str(uuid4()), "if-match": read.headers["etag"]}
        media_type, example = self._example(act)
        body = json.loads(json.dumps(example).replace(FOLLOW_UP, follow_up).replace(NUMBER, number))
        answer = await client.post(f"/cases/{case}/{act}", headers=headers, **sent(media_type, body))
        assert answer.status_code == 204, (act, answer.text, read.json()["acts"])
        self.done.add(act)

    def _example(self, act: str) -> tuple[str, dict[str, Any]]:
        """As JSON; with photos what `test_photos_by_program` does not send."""
        content = self.paths[f"/api/v1/cases/{{case_id}}/{act}"]["post"]["requestBody"]["content"]
        media_type = FORM if act.startswith("follow-up-") and FORM in content else "application/json"
        return media_type, content[media_type]["example"]


def sent(media_type: str, example: dict[str, Any]) -> dict[str, Any]:
    if media_type == "application/json":
        return {"json": example}
    photos = [("photos", (name, photo("green"), "image/jpeg")) for name in example.pop("photos")]
    return {"data": example, "files": photos}


async def reported(desk: Desk) -> UUID:
    ticket = await desk.residents.report("消防通道被堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def test_every_act_does_what_its_description_shows(staff: Staff, desk: Desk) -> None:
    shown = Shown(staff, create_app(desk.routing).openapi()["paths"])
    fire_lane, other, third = [await reported(desk) for _ in range(3)]

    await shown.play(
        fire_lane,
        *[(GRID, "remind"), (LEAD, "accept"), (LEAD, "note"), (LEAD, "categorise"), (LEAD, "split")],
        *[(LEAD, "extend"), (GRID, "extend-refuse"), (LEAD, "extend"), (LEAD, "extend-withdraw")],
        *[(LEAD, "extend"), (GRID, "extend-grant"), (LEAD, "suspend"), (GRID, "suspend-refuse")],
        *[(LEAD, "suspend"), (LEAD, "suspend-withdraw"), (LEAD, "suspend"), (GRID, "suspend-grant")],
        *[(LEAD, "suspend-end"), (LEAD, "whistle"), (POLICE, "report-in"), (TRAFFIC, "task-decline")],
        *[(GRID, "task-insist"), (TRAFFIC, "task-decline"), (GRID, "task-release"), (GRID, "confer")],
        *[(POLICE, "task-done"), (LEAD, "resolve"), (GRID, "verify-fail"), (LEAD, "resolve")],
        *[(GRID, "verify-pass"), (GRID, "close"), (GRID, "follow-up"), (PROPERTY, "follow-up-done")],
        *[(PROPERTY, "follow-up-recurred"), (GRID, "follow-up-cancel")],
    )
    await shown.play(
        other,
        *[(LEAD, "accept"), (LEAD, "whistle"), (LEAD, "task-take-over"), (POLICE, "report-in"), (GRID, "entrust")],
    )
    await shown.play(third, (GRID, "transfer"), (PROPERTY, "return"))
    number = (await desk.case(other)).matter.number
    await shown.play(third, (GRID, "merge"), number=number)

    assert shown.done == set(ACTS)
