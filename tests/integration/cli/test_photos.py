"""`yima photos move`: a district's photos go from folders to a bucket, and it says what is left."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest_asyncio
from typer.testing import CliRunner, Result

from services.cli import app
from shared.kernel.moving import only_mover
from shared.kernel.objects import Objects
from shared.testing.object_store import ACCOUNT, BUCKET, SECRET, ObjectServer, needs_object_store

pytestmark = needs_object_store

PHOTOS, EVIDENCE = {"0a" * 16: b"1" * 700_000, "0b" * 16: b"2" * 300_000}, {"0c" * 32: b"3" * 48_576}


@dataclass(slots=True)
class District:
    """One whose photos are still in its folders, and the bucket that it has been told of."""

    data_dir: Path
    server: ObjectServer
    settings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = {
            "YIMA_DATA_DIR": str(self.data_dir),
            "YIMA_PHOTOS_URL": f"s3://{BUCKET}/pilot",
            "YIMA_PHOTOS_ENDPOINT": f"http://127.0.0.1:{self.server.port}",
            "YIMA_PHOTOS_ACCESS_KEY_ID": ACCOUNT,
            "YIMA_PHOTOS_SECRET_ACCESS_KEY": SECRET,
        }

    async def move(self, *options: str) -> Result:
        runner = CliRunner(env=self.settings)
        return await asyncio.to_thread(runner.invoke, app, ["photos", "move", *options])


@pytest_asyncio.fixture(loop_scope="session")
async def district(tmp_path: Path) -> AsyncIterator[District]:
    server = ObjectServer(tmp_path / "s3")
    await server.start()
    for folder, contents in (("photos", PHOTOS), ("evidence", EVIDENCE)):
        await Objects.below(tmp_path, folder, None).keep(contents)
    yield District(tmp_path, server)
    await server.stop()


def amount(objects: int, size_bytes: int, megabytes: float) -> dict[str, float]:
    return {"objects": objects, "bytes": size_bytes, "megabytes": megabytes}


async def test_all_that_lies_in_the_folders_is_moved_and_nothing_is_left(district: District) -> None:
    before = await district.move("--dry-run", "--json")
    moved = await district.move("--json")
    again = await district.move()

    assert (before.exit_code, moved.exit_code, again.exit_code) == (0, 0, 0)
    assert json.loads(before.stdout) == {"moved": amount(0, 0, 0.0), "left": amount(3, 1_048_576, 1.0)}
    assert json.loads(moved.stdout) == {"moved": amount(3, 1_048_576, 1.0), "left": amount(0, 0, 0.0)}
    assert "✓ 文件夹里没有剩下的 · none is left in the folders" in again.stdout
    for folder, contents in (("photos", PHOTOS), ("evidence", EVIDENCE)):
        kept = Objects(district.server.bucket().store(folder))
        assert {name: await kept.content(name) for name in contents} == contents


async def test_a_bucket_that_goes_away_is_told_with_how_many_are_left(district: District) -> None:
    await district.server.stop()

    refused = await district.move("--json")

    told = json.loads(refused.stdout)
    assert (refused.exit_code, told["error"], told["detail"]) == (1, "PhotosAwayError", "silent")
    assert "还剩 3 个文件" in told["message"]["zh"]


async def test_where_there_are_no_folders_nothing_is_left(district: District) -> None:
    district.settings["YIMA_DATA_DIR"] = str(district.data_dir / "nowhere")

    moved = await district.move()

    assert (moved.exit_code, "none is left" in moved.stdout) == (0, True)


async def test_it_is_refused_without_a_bucket_and_while_somebody_else_moves(district: District) -> None:
    with only_mover(district.data_dir):
        second = await district.move("--json")
    del district.settings["YIMA_PHOTOS_URL"]
    nowhere = await district.move("--json")

    assert [json.loads(each.stdout)["error"] for each in (second, nowhere)] == [
        "PhotosMovingError",
        "BucketNotNamedError",
    ]
    assert len(list((district.data_dir / "photos").iterdir())) == 2
