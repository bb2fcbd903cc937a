"""Residents' photos in a real bucket: kept before anybody is answered, dropped when they ask, and missed by few."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio

from services.intake.handlers import erase_reporter
from services.intake.handlers.photos import ON_THEIR_WAY_MAX, kept_photos, sweep_photos
from shared.kernel.kafka import Broker
from shared.kernel.objects import ObjectsAwayError
from shared.testing.databases import NewDatabase
from shared.testing.object_store import ObjectServer, needs_object_store
from shared.testing.waiting import eventually
from tests.integration.intake.conftest import PHONE, SCHEMAS, Door, config_in, opened_door
from tests.integration.intake.test_bad_input import a_photo

pytestmark = needs_object_store

FILES = [("photos", (name, a_photo(), "image/jpeg")) for name in ("a.jpg", "b.jpg")]
REPORT = {"place": "GATE", "text": "消防通道被堵", "phone": PHONE}
SAME_SITE = {"sec-fetch-site": "same-origin", "accept-language": "zh"}
SOMEBODY_WAITS_S, HASTE_S = 8, 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """A door whose photos go to a bucket, and the server that has it."""

    door: Door
    server: ObjectServer

    def kept(self) -> int:
        return sum(1 for each in (self.server.below / "pilot").rglob("*") if each.is_file())


@pytest_asyncio.fixture(loop_scope="session")
async def place(
    new_database: NewDatabase, kafka_bootstrap: str, topic_prefix: str, tmp_path: Path
) -> AsyncIterator[Place]:
    server = ObjectServer(tmp_path / "s3")
    config = config_in(tmp_path).model_copy(update={"photos_bucket": server.bucket()})
    await server.start()
    async with opened_door(await new_database(**SCHEMAS), Broker(kafka_bootstrap, topic_prefix), config) as door:
        yield Place(door, server)
    await server.stop()


async def test_photos_live_and_die_in_the_bucket_as_they_did_in_the_folder(place: Place) -> None:
    door = place.door

    created = (await door.http.post("/api/v1/tickets", data=REPORT, files=FILES)).json()
    kept = place.kept()
    await erase_reporter(door.intake, created["number"])

    assert (kept, place.kept()) == (2, 0)
    assert not (door.intake.config.data_dir / "photos").exists()


async def test_while_the_bucket_is_away_words_are_taken_and_photos_refused_with_nothing_half_done(place: Place) -> None:
    door = place.door
    await place.server.stop()
    began = monotonic()

    by_program = await door.http.post("/api/v1/tickets", data=REPORT, files=FILES)
    page = (await door.http.get("/r/GATE")).text
    token = re.findall(r'name="form_token" value="([^"]+)"', page)[0]
    form = {"form_token": token, "text": "东门外的车堵住了消防通道"}
    by_page = await door.http.post("/r/GATE", data=form, files=FILES, headers=SAME_SITE)
    waited_s = monotonic() - began

    assert (by_program.status_code, by_program.headers["retry-after"]) == (503, "30")
    assert by_program.json()["type"] == "/problems/photos-away"
    assert by_page.status_code == 503
    assert "照片现在存不了" in by_page.text
    assert "东门外的车堵住了消防通道" in by_page.text
    assert waited_s < SOMEBODY_WAITS_S
    assert (await door.tickets(), await door.intake.runtime.troubles()) == (0, {})
    await door.report()
    assert await door.tickets() == 1

    await place.server.start()
    again = await door.http.post("/r/GATE", data=form, files=FILES, headers=SAME_SITE)
    assert again.status_code == 303
    assert place.kept() == 2


@pytest.mark.long
async def test_photos_that_arrive_after_they_were_given_up_are_swept(place: Place) -> None:
    door = place.door
    hasty = replace(door.intake.photos, kept=replace(door.intake.photos.kept, done_within_s=HASTE_S))
    await place.server.hang()
    with pytest.raises(ObjectsAwayError):
        await kept_photos(replace(door.intake, photos=hasty), [a_photo(), a_photo()])
    place.server.go_on()

    async def have_arrived() -> bool:
        return place.kept() == 2

    await eventually(have_arrived)
    door.clock.advance(2 * ON_THEIR_WAY_MAX)
    swept = await sweep_photos(door.intake)

    assert (swept, place.kept()) == (2, 0)
