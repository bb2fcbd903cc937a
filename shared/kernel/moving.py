"""Objects moved out of a folder into a bucket while both are read, by one mover at a time.

Promise: a file leaves the folder only when the bucket has given back the same bytes; one that is dropped meanwhile ends
in neither; whoever is interrupted goes on with what is left.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shared.kernel.objects import Objects, ObjectsAwayError, all_ended

TOGETHER_MAX = 8
# A name that the library gives to what it has not written to its end.
UNFINISHED = "#"
CLAIM = "photos-move"


class MoverBusyError(Exception):
    """Somebody moves them already."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many objects, and how much they hold."""

    objects: int = 0
    size_bytes: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.objects + other.objects, self.size_bytes + other.size_bytes)


NOTHING = Amount()


@contextmanager
def only_mover(data_dir: Path) -> Iterator[None]:
    """Keeps a second one off: it would take what the first has moved for dropped, and drop it.

    Raises:
        MoverBusyError: there is one.
    """
    with (data_dir / CLAIM).open("w") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MoverBusyError from None
        yield


def amount_in(folder: Path) -> Amount:
    """What lies in a folder; nothing where there is none."""
    return sum((Amount(1, file.stat().st_size) for file in _files(folder)), NOTHING)


async def move(folder: Path, to: Objects, told: Callable[[Amount], None]) -> Amount:
    """Move all that lies in the folder now, telling how much has been moved; returns it.

    Raises:
        ObjectsAwayError: the bucket does not answer any more; what is left is in the folder.
    """
    moved, files, together_max = NOTHING, _files(folder), TOGETHER_MAX
    while together := [Path(file) for file in islice(files, together_max)]:
        try:
            amounts = await all_ended([_move(file, to) for file in together])
        except ObjectsAwayError:
            if together_max == 1:
                raise
            # A way that is too narrow for several within their time bears one after the other.
            together_max = 1
            amounts = [await _move(file, to) for file in together]
        moved = sum(amounts, moved)
        told(moved)
    return moved


async def _move(file: Path, to: Objects) -> Amount:
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except FileNotFoundError:
        return NOTHING
    await to.keep({file.name: content})
    arrived = await to.content(file.name)
    if arrived is None or _digest(arrived) != _digest(content):
        return NOTHING
    try:
        await asyncio.to_thread(file.unlink)
    except FileNotFoundError:
        # Whoever dropped it did so here first, and may have asked the bucket before it came there.
        await to.drop([file.name])
        return NOTHING
    return Amount(1, len(content))


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    if folder.is_dir():
        with os.scandir(folder) as found:
            yield from (each for each in found if each.is_file() and UNFINISHED not in each.name)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()
