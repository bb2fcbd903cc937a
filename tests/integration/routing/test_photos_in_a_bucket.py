"""Evidence of staff in a real bucket: kept before the act that names it, or the act is refused with its words."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio

from services.routing.adapters.photos import Photos, Picture
from services.routing.config import Config
from services.routing.domain.case import Status
from shared.testing.object_store import ObjectServer, needs_object_store
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import Desk, sample_config
from tests.integration.routing.staff import Staff, hidden_in, staff_of
from tests.integration.routing.test_desk import fire_lane, photo

pytestmark = needs_object_store

WAITED_S = 4.0


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path) -> AsyncIterator[ObjectServer]:
    started = ObjectServer(tmp_path / "s3")
    await started.start()
    yield started
    await started.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def config(server: ObjectServer, tmp_path: Path) -> Config:
    return sample_config(tmp_path).model_copy(update={"photos_bucket": server.bucket()})


@pytest_asyncio.fixture(loop_scope="session")
async def staff(desk: Desk) -> Staff:
    return await staff_of(desk.routing)


async def test_an_act_with_photos_waits_for_the_bucket_and_every_other_act_does_not(
    staff: Staff, desk: Desk, server: ObjectServer
) -> None:
    ticket = await fire_lane(desk)
    async with staff.at_desk("committee-lead-1") as lead:
        await server.stop()
        accepted = await lead.act(ticket, "accept")
        page = await lead.page_of(ticket)
        form = {"version": hidden_in(page, "version"), "form_token": "p", "note": "已挪车，见照片"}
        files = {"photos": ("after.jpg", photo("green"), "image/jpeg")}
        refused = await lead.client.post(f"/desk/cases/{ticket}/resolve", data=form, files=files)
        before = (await desk.case(ticket)).status

        await server.start()
        resolved = await lead.client.post(f"/desk/cases/{ticket}/resolve", data=form, files=files)
        address = (await lead.page_of(ticket)).split('<img src="')[1].split('"')[0]
        shown = await lead.get(address)
        await server.stop()
        hidden, still = await lead.get(address), await lead.page_of(ticket)

    assert (accepted.status_code, before, resolved.status_code) == (303, Status.ACCEPTED, 303)
    assert refused.status_code == 503
    assert "照片现在存取不了" in refused.text
    assert "已挪车，见照片" in refused.text
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert (hidden.status_code, "已挪车，见照片" in still) == (503, True)


@dataclass(frozen=True, slots=True)
class Counted(Photos):
    """Tells how many are being kept."""

    begun: list[int] = field(default_factory=list)

    async def keep(self, pictures: Sequence[Picture]) -> None:
        self.begun.append(len(pictures))
        await Photos.keep(self, pictures)


@pytest.mark.long
async def test_photos_that_wait_for_a_slow_bucket_hold_up_nobody_elses_act(desk: Desk, server: ObjectServer) -> None:
    """More of them than there are connections, also on the case that somebody else acts on."""
    ticket = await fire_lane(desk)
    photos, notes_sent = desk.routing.photos, 2 * desk.routing.runtime.ground.pool_size_max
    counted = Counted(replace(photos.evidence, done_within_s=WAITED_S), photos.reported)
    staff = await staff_of(replace(desk.routing, photos=counted))
    async with staff.at_desk("committee-lead-1") as lead:
        version = hidden_in(await lead.page_of(ticket), "version")
        await server.hang()

        async def note(number: int) -> int:
            form = {"version": version, "form_token": f"n{number}", "note": "到场查看"}
            files = {"photos": ("now.jpg", photo("green"), "image/jpeg")}
            return (await lead.client.post(f"/desk/cases/{ticket}/note", data=form, files=files)).status_code

        async def all_wait() -> bool:
            return len(counted.begun) == notes_sent

        notes = asyncio.gather(*(note(number) for number in range(notes_sent)))
        await eventually(all_wait)
        accepted, still_wait = (await lead.act(ticket, "accept")).status_code, not notes.done()
        refused = await notes
        server.go_on()

    assert (accepted, still_wait, set(refused)) == (303, True, {503})
    assert await desk.types(ticket) == ["CaseOpened", "CaseAssigned", "CaseAccepted"]
