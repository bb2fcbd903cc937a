"""`yima photos`: photos that lie in folders are moved to the bucket that new ones are kept in."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from services.cli.errors import BucketNotNamedError, PhotosAwayError, PhotosMovingError
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from shared.kernel.bucket import Bucket
from shared.kernel.moving import NOTHING, Amount, MoverBusyError, amount_in, move, only_mover
from shared.kernel.objects import Objects, ObjectsAwayError

FOLDERS = ("photos", "evidence")
MEGABYTE = 1024 * 1024
# A line for so many, so that whoever watches sees it go on.
TOLD_EVERY = 200

photos_app = Commands(help=worded("help_photos"))

DryRun = Annotated[bool, typer.Option("--dry-run", help=worded("help_photos_dry_run"))]


@photos_app.callback()
def photos() -> None:
    """A group, though it has one command so far."""


@dataclass(slots=True)
class Told:
    """What is said while it goes on."""

    total: int
    before: Amount = NOTHING
    said: int = 0

    def __call__(self, moved: Amount) -> None:
        done = self.before.objects + moved.objects
        if done - self.said >= TOLD_EVERY:
            self.said = done
            typer.echo(f"… {worded('photos_moving', done=done, total=self.total)}", err=True)


@photos_app.command("move", help=help_with_example("help_photos_move", "yima photos move"))
def move_photos(*, dry_run: DryRun = False, json: InJson = False) -> None:
    with refusals_in_one_line():
        settings = launch_settings()
        bucket = settings.photos_bucket
        if bucket is None:
            raise BucketNotNamedError
        left = _left(settings.data_dir)
        moved = NOTHING if dry_run or not left.objects else asyncio.run(_moved(settings, bucket, left))
    left = _left(settings.data_dir)
    if json:
        typer.echo(in_json({"moved": _record(moved), "left": _record(left)}))
    else:
        if not dry_run:
            typer.echo(worded("photos_moved", **_record(moved)))
        typer.echo(worded("photos_left", **_record(left)) if left.objects else f"✓ {worded('photos_none_left')}")
    raise typer.Exit(1 if left.objects and not dry_run else 0)


async def _moved(settings: LaunchSettings, bucket: Bucket, all_of_them: Amount) -> Amount:
    told = Told(all_of_them.objects)
    try:
        with only_mover(settings.data_dir):
            for folder in FOLDERS:
                to = Objects(bucket.store(folder))
                moved = await move(settings.data_dir / folder, to, told)
                told.before += moved
    except MoverBusyError:
        raise PhotosMovingError from None
    except ObjectsAwayError as error:
        raise PhotosAwayError(error.why.value, left=_left(settings.data_dir).objects) from None
    return told.before


def _left(data_dir: Path) -> Amount:
    return sum((amount_in(data_dir / folder) for folder in FOLDERS), NOTHING)


def _record(amount: Amount) -> dict[str, int | float]:
    return {"objects": amount.objects, "bytes": amount.size_bytes, "megabytes": round(amount.size_bytes / MEGABYTE, 1)}
