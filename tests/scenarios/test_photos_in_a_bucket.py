"""A photo's way in a district that keeps photos in a bucket: from the stairwell over the store to the desk."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from shared.testing.certificates import Vouched
from shared.testing.databases import NewDatabase
from shared.testing.object_store import ObjectServer, needs_object_store
from shared.testing.waiting import eventually
from tests.scenarios.conftest import opened_town
from tests.scenarios.photos import photo
from tests.scenarios.town import Desk, Town

pytestmark = [needs_object_store, pytest.mark.long]

WORDS = "东门外消防通道被几辆车堵住了"
AWAY = {"photos": "the store does not answer"}


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path) -> AsyncIterator[ObjectServer]:
    """Not started yet."""
    async with ObjectServer(tmp_path / "s3") as made:
        yield made


async def test_a_photo_goes_from_the_stairwell_over_the_bucket_to_the_desk(
    settings: pytest.MonkeyPatch,  # noqa: ARG001 - it must be set before.
    lasting_database: NewDatabase,
    kafka_bootstrap: str,
    server: ObjectServer,
    tmp_path: Path,
    log: Path,
) -> None:
    vouched = Vouched.in_folder(tmp_path)
    server.options = (f"--cert={vouched.certificate}", f"--key={vouched.key}")
    bucket = server.bucket(scheme="https", authority=vouched.authority)
    data_dir = tmp_path / "data"
    data_dir.mkdir()

    # It is up a while after the services: nobody waits for it.
    async with opened_town(await lasting_database(), kafka_bootstrap, data_dir, log, bucket) as town:
        await readiness_says(town, {"intake": AWAY, "routing": AWAY})
        async with town.resident() as resident:
            without = await town.ticket_id(await resident.report(WORDS))
            await town.case_stands(without, "assigned")
            await server.start()
            ticket = await town.ticket_id(await resident.report(WORDS, files=[photo(), photo()]))
            await town.case_stands(ticket, "assigned")
        async with town.at_desk("committee-lead-2") as lead:
            await lead.acts(ticket, "accept")
            await lead.acts(ticket, "resolve", files=[photo()], note="已挪车")
            pictures = await shown(lead, await lead.page(f"/desk/cases/{ticket}"))
            await server.stop()
            hidden = await shown(lead, await lead.page(f"/desk/cases/{ticket}"))

    log_says = log.read_text(encoding="utf-8")  # noqa: ASYNC240 - nothing else runs any more.
    kept = [each for each in (server.below / "pilot").rglob("*") if each.is_file()]
    assert sorted(each.parent.name for each in kept) == ["evidence", "photos", "photos"]
    assert sorted(pictures.values()) == sorted(each.read_bytes() for each in kept)
    assert set(hidden.values()) == {b"503"}
    assert not any((data_dir / folder).exists() for folder in ("photos", "evidence"))
    assert [each.name for each in kept if each.name in log_says] == []


async def shown(desk: Desk, page: str) -> dict[str, bytes]:
    """Every picture of a page, or the status in its place."""
    answers = {
        address: await desk.client.get(address) for address in re.findall(r'<img src="([^"]+/photos/[^"]+)"', page)
    }
    return {
        address: answer.content if answer.status_code == 200 else str(answer.status_code).encode()
        for address, answer in answers.items()
    }


async def readiness_says(town: Town, limits: dict[str, Any]) -> None:
    """It is ready, and tells what it does without."""

    async def does() -> bool:
        async with httpx2.AsyncClient(base_url=town.platform.origin) as http:
            told = await http.get("/readyz")
        return told.status_code == 200 and told.json().get("limits") == limits

    await eventually(does)
