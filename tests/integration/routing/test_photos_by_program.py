"""A member's program sends photos as evidence: as the description shows it, checked as intake checks a reporter's."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio

from services.routing.api.examples import PHOTOGRAPHED
from services.routing.app import create_app
from services.routing.config import Config
from services.routing.domain.case import Status
from services.routing.domain.district import District, VerificationEntry
from services.routing.handlers.acts import ACTS
from tests.integration.routing.conftest import EAST_GATE, NOW, Desk
from tests.integration.routing.staff import Staff, staff_of
from tests.integration.routing.test_desk import photo

TASK = "请派人到东门，联系车主挪车"
JPEG = "image/jpeg"


@pytest.fixture
def district(district: District) -> District:
    """The pilot, where two photos show that a fire lane is clear."""
    fire_lane, *others = district.rules
    two_photos = fire_lane.model_copy(update={"verification": VerificationEntry(photos_min=2)})
    return district.model_copy(update={"rules": [two_photos, *others]})


@pytest.fixture
def config(config: Config) -> Config:
    return config.model_copy(update={"photo_megabytes_max": 1})


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def fire_lane(desk: Desk) -> UUID:
    ticket = await desk.residents.report("消防通道被堵住了", place=EAST_GATE, at=NOW)
    await desk.case_once(ticket, Status.ASSIGNED)
    return ticket


async def sent(
    client: httpx2.AsyncClient, ticket: UUID, act: str, fields: dict[str, Any], photos: list[bytes], key: str = ""
) -> httpx2.Response:
    files = [("photos", (f"{number}.jpg", content, JPEG)) for number, content in enumerate(photos)]
    headers = {"idempotency-key": key or str(uuid4()), "if-match": "*"}
    return await client.post(f"/cases/{ticket}/{act}", data=fields, files=files, headers=headers)


async def test_each_example_of_the_description_does_what_it_shows(staff: Staff, desk: Desk) -> None:
    paths = create_app(desk.routing).openapi()["paths"]
    ticket, kept = await fire_lane(desk), []

    async def shown(client: httpx2.AsyncClient, act: str) -> None:
        content = paths[f"/api/v1/cases/{{case_id}}/{act}"]["post"]["requestBody"]["content"]
        fields = dict(content["multipart/form-data"]["example"])
        photos = [photo(colour) for _, colour in zip(fields.pop("photos"), ("green", "blue"), strict=False)]
        kept.extend([(await desk.routing.photos.redrawn(each)).attachment.id for each in photos])
        answer = await sent(client, ticket, act, fields, photos)
        assert answer.status_code == 204, answer.text

    async with (
        staff.programme("committee-lead-1") as lead,
        staff.programme("grid-dispatcher-1") as grid,
        staff.programme("police-duty-1") as police,
    ):
        await lead.post(f"/cases/{ticket}/accept", headers={"idempotency-key": "a", "if-match": "*"})
        await shown(lead, "note")
        order = {"words": TASK, "units": ["xinhe-police"]}
        await lead.post(f"/cases/{ticket}/whistle", json=order, headers={"idempotency-key": "w", "if-match": "*"})
        await police.post(f"/cases/{ticket}/report-in", headers={"idempotency-key": "r", "if-match": "*"})
        await shown(grid, "confer")
        await shown(police, "task-done")
        await shown(lead, "resolve")

    assert set(PHOTOGRAPHED) < set(ACTS)
    assert (await desk.types(ticket))[-1] == "CaseResolved"
    contents = [await desk.routing.photos.evidence_content(name) for name in kept]
    assert [content is not None and b"CANARY" not in content for content in contents] == [True] * 5


def fault(field: str, reason: str, remedy: str) -> list[dict[str, str]]:
    return [{"field": field, "reason": reason, "remedy": remedy}]


async def test_photos_that_are_amiss_or_too_few_are_told_and_sent_again_they_count_once(
    staff: Staff, desk: Desk
) -> None:
    ticket, words = await fire_lane(desk), {"words": "车主已挪车"}
    green, blue = photo("green"), photo("blue")
    async with staff.programme("committee-lead-1") as client:
        await client.post(f"/cases/{ticket}/accept", headers={"idempotency-key": "a", "if-match": "*"})

        async def told(photos: list[bytes], act: str = "resolve", **fields: Any) -> Any:
            answer = await sent(client, ticket, act, fields, photos)
            assert answer.status_code == 422, answer.text
            return answer.json()["errors"]

        assert await told([green], **words) == fault(
            "photos", "are fewer than 2", "Take them on site and send them along."
        )
        assert await told([green] * 7, **words) == fault("photos", "are more than 6", "Send at most 6.")
        assert await told([b"x" * 1_100_000], **words) == fault("photos", "is larger than 1 MB", "Make it smaller.")
        assert await told([b"no photo"], **words) == fault(
            "photos", "is not a photo that we can read", "Send JPEG, PNG or WebP."
        )
        assert await told([green]) == fault("words", "is missing", "Give it.")
        assert await told([green], **words, unit="x") == fault(
            "unit", "is not a field of this operation", "Leave it out, or correct its name."
        )
        accept = await sent(client, ticket, "accept", {}, [green])
        resolved = [(await sent(client, ticket, "resolve", words, [green, blue], "k")).status_code for _ in range(2)]
        other = await sent(client, ticket, "resolve", words, [blue, green], "k")

    assert (accept.status_code, accept.json()["type"]) == (415, "/problems/unsupported-body")
    assert (resolved, other.status_code) == ([204, 204], 422)
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted", "CaseResolved"]
