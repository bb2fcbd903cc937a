"""Objects in a folder and in a real bucket: kept for good, read again, dropped, or said within seconds not to be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from shared.kernel.objects import TROUBLES, Away, Objects, ObjectsAwayError, Watch
from shared.testing.certificates import Vouched
from shared.testing.object_store import ObjectServer, needs_object_store

pytestmark = needs_object_store

NAME = "0f3a" * 8
HASTE_S = 0.5


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ObjectServer]:
    started = ObjectServer(tmp_path_factory.mktemp("s3"))
    await started.start()
    yield started
    await started.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def own(tmp_path: Path) -> AsyncIterator[ObjectServer]:
    """Not started yet."""
    async with ObjectServer(tmp_path / "s3") as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, server: ObjectServer, tmp_path: Path) -> Objects:
    bucket = server.bucket() if request.param == "bucket" else None
    return Objects.below(tmp_path, tmp_path.name, bucket)


async def test_what_was_kept_is_there_until_it_is_dropped(objects: Objects) -> None:
    await objects.keep({NAME: b"first", f"{NAME}1": b"second"})
    await objects.keep({NAME: b"first"})

    assert (await objects.content(NAME), await objects.content(f"{NAME}1")) == (b"first", b"second")
    await objects.drop([NAME, NAME, "never-there"])
    assert (await objects.content(NAME), await objects.content(f"{NAME}1")) == (None, b"second")
    await objects.answers()


async def test_in_a_bucket_names_stand_below_its_prefix_and_nothing_is_put_in_the_folder(
    server: ObjectServer, tmp_path: Path
) -> None:
    objects = Objects.below(tmp_path, "evidence", server.bucket())

    await objects.keep({NAME: b"content"})

    assert (server.below / "pilot" / "evidence" / NAME).read_bytes() == b"content"
    assert not (tmp_path / "evidence").exists()


async def test_what_still_lies_in_the_folder_is_read_and_dropped_there(server: ObjectServer, tmp_path: Path) -> None:
    await Objects.below(tmp_path, "photos", None).keep({NAME: b"old", "other": b"stays"})
    objects = Objects.below(tmp_path, "photos", server.bucket())

    assert await objects.content(NAME) == b"old"
    await objects.drop([NAME])
    assert [file.name for file in (tmp_path / "photos").iterdir()] == ["other"]
    assert await objects.content(NAME) is None


@pytest.mark.parametrize("why", [Away.DENIED, Away.NO_BUCKET, Away.SILENT])
async def test_what_cannot_be_done_is_told_with_its_reason_and_without_a_name(
    server: ObjectServer, tmp_path: Path, why: Away
) -> None:
    bucket = {
        Away.DENIED: server.bucket(secret="of-somebody-else"),
        Away.NO_BUCKET: server.bucket(name="no-such-bucket"),
        Away.SILENT: replace(server.bucket(), endpoint="http://127.0.0.1:9"),
    }[why]
    objects = Objects.below(tmp_path, "photos", bucket)
    before = failures(why)

    with capture_logs() as logged:
        acts = (objects.keep({NAME: b"1"}), objects.content(NAME), objects.drop([NAME]), objects.answers())
        outcomes = await asyncio.gather(*acts, return_exceptions=True)

    assert [(type(each), each.args) for each in outcomes if isinstance(each, Exception)] == 4 * [
        (ObjectsAwayError, (why.value,))
    ]
    assert NAME not in str(logged)
    assert {(line["event"], line["reason"]) for line in logged} == {("photo_store_failed", why.value)}
    assert failures(why) == before + 1


async def test_a_server_that_hangs_is_given_up_within_the_time_that_somebody_waits(
    own: ObjectServer, tmp_path: Path
) -> None:
    await own.start()
    objects = replace(Objects.below(tmp_path, "photos", own.bucket()), done_within_s=HASTE_S)
    await objects.keep({NAME: b"content"})
    await own.hang()
    began = monotonic()

    with pytest.raises(ObjectsAwayError) as refused:
        await objects.keep({f"{NAME}{each}": b"1" for each in range(6)})
    waited_s = monotonic() - began
    own.go_on()

    assert refused.value.why is Away.SILENT
    assert HASTE_S <= waited_s < 4 * HASTE_S
    assert await replace(objects, done_within_s=8).content(NAME) == b"content"


async def test_over_tls_only_who_is_vouched_for_is_spoken_to(own: ObjectServer, tmp_path: Path) -> None:
    vouched = Vouched.in_folder(tmp_path)
    own.options = (f"--cert={vouched.certificate}", f"--key={vouched.key}")
    await own.start()
    known = Objects.below(tmp_path, "photos", own.bucket(scheme="https", authority=vouched.authority))
    unknown = Objects.below(tmp_path, "photos", own.bucket(scheme="https"))

    await known.keep({NAME: b"content"})
    with pytest.raises(ObjectsAwayError):
        await unknown.content(NAME)

    assert await known.content(NAME) == b"content"


async def test_watch_tells_what_is_wrong_until_it_is_mended(own: ObjectServer, tmp_path: Path) -> None:
    watch = Watch("watched", Objects.below(tmp_path, "photos", own.bucket()))

    told = [(watch.trouble, is_away())]
    await watch.look()
    told.append((watch.trouble, is_away()))
    await own.start()
    await watch.look()
    told.append((watch.trouble, is_away()))

    assert told == [(None, False), (TROUBLES[Away.SILENT], True), (None, False)]


def failures(why: Away) -> float:
    return REGISTRY.get_sample_value("yima_photo_store_failures_total", {"act": "drop", "reason": why.value}) or 0


def is_away() -> bool:
    return (REGISTRY.get_sample_value("yima_photo_store_away_seconds", {"service": "watched"}) or 0) > 0


async def test_watch_tells_of_a_bucket_that_can_be_read_and_keeps_nothing(own: ObjectServer, tmp_path: Path) -> None:
    own.options = ("--readonly",)
    await own.start()
    watch = Watch("watched", Objects.below(tmp_path, "photos", own.bucket()))
    await watch.look()
    before = watch.trouble
    with pytest.raises(ObjectsAwayError):
        await watch.objects.keep({NAME: b"1"})

    await watch.look()

    refused = watch.trouble
    await own.stop()
    own.options = ()
    await own.start()
    await watch.look()
    assert (before, refused, watch.trouble) == (None, TROUBLES[Away.DENIED], None)
    assert [each for each in own.below.rglob("*") if each.is_file()] == []
