"""New and changed cases to the pages that are open: one reader of the log for all of them, each page by its own sight.

Promise: what was committed after a page's position reaches it while it is open, or when it comes back, once its member
may see it; an event may come twice. Positions commit out of order, so one that was left out is looked for again for ten
seconds; and a page is told to come back from before it. An event holds ids and a state, nothing that anybody wrote.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from services.routing.domain.access import Sight
from services.routing.queries import SQL
from shared.kernel.database import Pool
from shared.kernel.event_store import Written
from shared.kernel.loops import Wake

# Own appends ring; this is for those of other processes.
POLL_S = 0.2
IDLE_S = 60.0
LEFT_OUT_FOR_S = 10.0
# A lone change is told at once; what follows it closely is read and told together.
GATHER_S = 0.02
BATCH = 1_000
WAITING_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case at the version that it has come to, and what decides who sees it."""

    case_id: UUID
    version: int
    status: str
    resume_after: int
    area: str
    informed: frozenset[str]
    at_work: frozenset[str]

    def is_seen_by(self, sight: Sight) -> bool:
        """The same as for the case's page, of its rows."""
        return sight.actor.unit in self.informed or not self.at_work.isdisjoint(sight.units) or self.area in sight.areas


@dataclass(slots=True, eq=False)
class OpenPage:
    """A page that listens; one that does not keep up is sent away, and comes back from where it was."""

    waiting: asyncio.Queue[Change] = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))
    left_behind: bool = False

    async def next(self, *, timeout_s: float) -> list[Change]:
        """What waits, as soon as something does; nothing when the time is over."""
        try:
            async with asyncio.timeout(timeout_s):
                first = await self.waiting.get()
        except TimeoutError:
            return []
        return [first, *(self.waiting.get_nowait() for _ in range(self.waiting.qsize()))]

    def tell(self, changes: Iterable[Change]) -> None:
        """Put these before it."""
        for change in changes:
            if self.waiting.full():
                self.left_behind = True
                return
            self.waiting.put_nowait(change)


@dataclass(slots=True)
class LogReader:
    """How far the log was read, and which positions were left out on the way."""

    position: int
    left_out: dict[int, float] = field(default_factory=dict)

    @property
    def resume_after(self) -> int:
        """Nothing at or before this is still to come."""
        return min(self.left_out, default=self.position + 1) - 1

    def take(self, positions: Sequence[int], *, now: float) -> None:
        """These were read, in order; what lies between them may still be committed, or never."""
        for position in positions:
            self.left_out.pop(position, None)
            self.left_out.update(dict.fromkeys(range(self.position + 1, position), now))
            self.position = max(self.position, position)
        self.left_out = {each: since for each, since in self.left_out.items() if now - since < LEFT_OUT_FOR_S}


@dataclass(slots=True)
class Live:
    """The open pages of this process."""

    pool: Pool
    pages: set[OpenPage] = field(default_factory=set)
    bell: Wake = field(default_factory=Wake)
    reader: LogReader | None = None
    reading: asyncio.Event = field(default_factory=asyncio.Event)

    async def join(self, page: OpenPage) -> None:
        """It has listened when this returns."""
        self.pages.add(page)
        self.bell.ring()
        await self.reading.wait()

    def leave(self, page: OpenPage) -> None:
        """It is gone."""
        self.pages.discard(page)

    def told(self, _written: Written) -> None:
        """This process has appended something."""
        if self.pages:
            self.bell.ring()

    async def position(self) -> int:
        """From where on a page that is made now has to listen."""
        return self.reader.resume_after if self.reader else await position_now(self.pool)

    async def run(self) -> None:
        """Read for the open pages until cancelled; without any, nothing is asked."""
        while True:
            if self.pages:
                try:
                    await self._read_while_open()
                finally:
                    self._stop_reading()
            await self.bell.wait(IDLE_S)

    def _stop_reading(self) -> None:
        """Who still listens comes back, and is told what it missed."""
        self.reader = None
        self.reading.clear()
        for page in self.pages:
            page.left_behind = True

    async def _read_while_open(self) -> None:
        reader = self.reader = LogReader(await position_now(self.pool))
        self.reading.set()
        while self.pages:
            changes = await self._changes(reader)
            for page in self.pages:
                page.tell(changes)
            await asyncio.sleep(GATHER_S)
            await self.bell.wait(POLL_S)

    async def _changes(self, reader: LogReader) -> list[Change]:
        rows = await self.pool.fetch(SQL["cases_changed"], reader.position, list(reader.left_out), BATCH)
        reader.take([row["position"] for row in rows], now=monotonic())
        return await changes_of(self.pool, rows, resume_after=reader.resume_after)

    async def since(self, position: int) -> list[Change] | None:
        """What a page that comes back has missed; none when that is too much to tell one by one."""
        rows = await self.pool.fetch(SQL["cases_changed"], position, [], BATCH)
        last = max((row["position"] for row in rows), default=position)
        return None if len(rows) == BATCH else await changes_of(self.pool, rows, resume_after=last)


async def position_now(pool: Pool) -> int:
    """How far the log goes."""
    return int(await pool.fetchval(SQL["log_position"]))


async def changes_of(pool: Pool, rows: Sequence[Any], *, resume_after: int) -> list[Change]:
    """Each case of these events once, as it is now."""
    ids = {row["stream"].removeprefix("case-") for row in rows if row["stream"].startswith("case-")}
    if not ids:
        return []
    return [
        Change(
            case_id=row["id"],
            version=row["version"],
            status=row["status"],
            resume_after=resume_after,
            area=row["area"],
            informed=frozenset(row["informed"]),
            at_work=frozenset(row["at_work"]),
        )
        for row in await pool.fetch(SQL["cases_seen_by"], sorted(ids))
    ]
