"""Evidence of staff in a real bucket: kept before the act that names it, or the act is refused with its words."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from services.routing.config import Config
from services.routing.domain.case import Status
from shared.testing.object_store import ObjectServer, needs_object_store
from tests.integration.routing.conftest import Desk, sample_config
from tests.integration.routing.staff import Staff, hidden_in, staff_of
from tests.integration.routing.test_desk import fire_lane, photo

pytestmark = needs_object_store


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
