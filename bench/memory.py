"""How much memory processes hold at most while something is done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psutil

LOOK_EVERY_S = 0.1
MEGABYTE = 1024 * 1024


@dataclass(slots=True)
class Peak:
    """The most memory that was seen."""

    megabytes: float = 0.0


@asynccontextmanager
async def watched(*pids: int, own_alone: bool = False) -> AsyncIterator[Peak]:
    """What these processes hold together, or of it only their own, without what they share with others."""
    peak = Peak()
    watching = asyncio.create_task(_watch(peak, [psutil.Process(pid) for pid in pids], own_alone=own_alone))
    try:
        yield peak
    finally:
        watching.cancel()


async def _watch(peak: Peak, processes: Sequence[psutil.Process], *, own_alone: bool) -> None:
    with suppress(psutil.NoSuchProcess):
        while all(each.status() != psutil.STATUS_ZOMBIE for each in processes):
            peak.megabytes = max(peak.megabytes, sum(_held(each, own_alone=own_alone) for each in processes))
            await asyncio.sleep(LOOK_EVERY_S)


def _held(process: psutil.Process, *, own_alone: bool) -> float:
    memory = process.memory_info()
    return float((memory.rss - memory.shared if own_alone else memory.rss) / MEGABYTE)
