"""A projection rebuilt beside the live one and put in its place.

Promise: readers see the old tables until they see the new ones, never none and never half. An interrupted rebuild goes
on where it was. Rows that arrive meanwhile are in. By unchanged code the new tables must equal the live ones; where
they differ, the differences are listed and the swap needs to be asked for. It is given a connection to the service's
own tables and a projection that is SQL alone, so that nothing in it can reach a port: no message is ever sent again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import asyncpg

from shared.kernel.clock import Clock
from shared.kernel.comparing import Difference, compare
from shared.kernel.database import Connection
from shared.kernel.event_store import SQL
from shared.kernel.projections import Projection

CHUNK_POSITIONS = 50_000
TAIL_POSITIONS_MAX = 5_000
# What says that a row of `received` is at fault, and neither the database nor another who writes.
UNREADABLE: tuple[type[asyncpg.PostgresError], ...] = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


class RebuildRunningError(Exception):
    """This projection is being rebuilt already; wait until that has ended."""


class NothingToGoBackToError(Exception):
    """The tables before the last rebuild are not there."""


class FilledByOtherCodeError(NothingToGoBackToError):
    """Other code filled the tables before the last rebuild: start that, and go back by it."""


class UnreadableRowError(Exception):
    """A row that was received can not be taken in; what comes before it is, and the live tables stay as they are."""

    def __init__(self, position: int, stream: str) -> None:
        super().__init__(f"{position} of {stream}")
        self.position = position
        self.stream = stream


class DifferencesFoundError(Exception):
    """The rebuilt tables differ from the live ones, which stay; look at the differences, then accept them or mend."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        super().__init__(", ".join(each.table for each in differences))
        self.differences = tuple(differences)


class Differences(Enum):
    """What is done when the rebuilt tables are not the live ones."""

    REFUSE = "refuse"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How far a rebuild has come, and how long the rest will take at the pace so far; none while nobody can say.

    First positions are taken in; where the rest is worked out from what was gathered, that is done step by step.
    """

    done: int
    total: int
    remaining_s: float | None
    step: int = 0
    steps: int = 0


Report = Callable[[RebuildProgress], None]
# Lets every row from the next position up to this one take effect, in the caller's transaction.
TakeIn = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild brought about."""

    positions: int
    resumed_at: int | None
    seconds: float
    differences: Sequence[Difference] = ()


@dataclass(slots=True)
class Rebuild:
    """One rebuild under way."""

    connection: Connection
    live: Projection
    clock: Clock
    report: Report
    chunk: int = CHUNK_POSITIONS
    first: int = 1
    next: int = 1
    steps_done: int = 0
    resumed_at: int | None = None
    began_at: datetime = field(init=False)
    began_from: int = field(init=False)

    @property
    def new(self) -> Projection:
        """The projection that is built beside the live one."""
        return self.live.beside(f"{self.live.schema}_next")

    @property
    def old(self) -> Projection:
        """The projection that was live before, from the swap until that of the next rebuild."""
        return self.live.beside(f"{self.live.schema}_old")

    @property
    def old_name(self) -> str:
        """Under what name it is noted which code filled the old tables, and how far they have come."""
        return f"{self.live.name} before"

    @property
    def live_name(self) -> str:
        """Under what name it is noted which code filled the live tables; it is not before their first swap."""
        return f"{self.live.name} live"

    async def run(self, on_differences: Differences) -> Rebuilt:
        """Build, catch up, compare and swap.

        Raises:
            RebuildRunningError: another rebuild of this projection runs.
            DifferencesFoundError: the new tables are not the live ones; they wait beside them.
            UnreadableRowError: a row can not be taken in; the new tables wait with what comes before it.
        """
        async with self._claimed():
            await self._begin()
            if self.steps_done == 0:
                await self._fill(self._take_in)
            await self._finish()
            await self._fill(self._take_in)
            differences = await self._compare()
            if differences and on_differences is Differences.REFUSE:
                raise DifferencesFoundError(differences)
            # Comparing large tables takes its time, and writers go on meanwhile.
            await self._fill(self._take_in)
            await self._swap(is_equal=not differences)
        seconds = (self.clock.now() - self.began_at).total_seconds()
        return Rebuilt(self.next - self.first, self.resumed_at, seconds, differences)

    async def go_back(self) -> int:
        """Catch up the tables that were live before the last rebuild and put them back; the others take their place.

        Gives how many positions they had missed. Writers are held up for the last of them alone.

        Raises:
            RebuildRunningError: another rebuild of this projection runs.
            NothingToGoBackToError: there are none.
            FilledByOtherCodeError: other code filled them.
            UnreadableRowError: a row can not be taken in; what comes before it is.
        """
        async with self._claimed():
            self.first = self.next = await self._old_next_position()
            self.began_at, self.began_from = self.clock.now(), self.next
            try:
                await self._fill(self._take_in_old)
                return await self._put_back()
            except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
                raise FilledByOtherCodeError from None

    async def _old_next_position(self) -> int:
        kept = await self.connection.fetchrow(SQL["old_tables"], self.old_name, self.live_name)
        if kept is None or not await self.connection.fetchval(SQL["schema_exists"], self.old.schema):
            raise NothingToGoBackToError
        # Who filled tables before any swap is not known: whoever found that they were not as its own did not.
        ours = self.live.edition
        is_ours = kept["edition"] == ours if kept["edition"] else kept["live_edition"] != ours
        if not is_ours or not await self._has_tables_of_now(self.old.schema):
            raise FilledByOtherCodeError
        return int(kept["next_position"])

    async def _has_tables_of_now(self, schema: str) -> bool:
        """Whether it has the live tables and columns: a migration since then changed those alone."""
        tables = await self.connection.fetch(SQL["columns_by_table"], self.live.schema, schema)
        return not any(table["only_live"] or table["only_new"] for table in tables)

    async def _take_in_old(self, last: int) -> None:
        await self.old.take_in_all(self.connection, first=self.next, last=last)
        await self.connection.execute(SQL["advance_rebuild"], self.old_name, last + 1)

    async def _put_back(self) -> int:
        aside = f"{self.live.schema}_aside"
        async with self.connection.transaction():
            last = await self._take_in_tail(self._take_in_old)
            replaced_by = await self.connection.fetchval(SQL["edition_of"], self.live_name) or ""
            await self._rename(self.live.schema, becomes=aside)
            await self._rename(self.old.schema, becomes=self.live.schema)
            await self._rename(aside, becomes=self.old.schema)
            await self.connection.execute(SQL["keep_edition"], self.old_name, replaced_by, last + 1)
            await self.connection.execute(SQL["keep_edition"], self.live_name, self.live.edition, last + 1)
        return last + 1 - self.first

    @asynccontextmanager
    async def _claimed(self) -> AsyncIterator[None]:
        if not await self.connection.fetchval(SQL["claim_rebuild"], self.live.name):
            raise RebuildRunningError
        try:
            await self.connection.execute(SQL["hold_counting_anew"], self.live.name)
            try:
                yield
            finally:
                await self._give_up("give_up_counting_anew")
        finally:
            await self._give_up("give_up_claim")

    async def _give_up(self, held: str) -> None:
        if not self.connection.is_closed():
            await self.connection.fetchval(SQL[held], self.live.name)

    async def _begin(self) -> None:
        begun = await self.connection.fetchrow(SQL["rebuild_begun"], self.live.name, self.live.edition)
        if begun is not None and await self.connection.fetchval(SQL["schema_exists"], self.new.schema):
            self.first, self.next = begun["first_position"], begun["next_position"]
            self.resumed_at, self.steps_done = self.next, begun["steps_done"]
        else:
            self.first = self.next = await self._begin_afresh()
        self.began_at, self.began_from = self.clock.now(), self.next

    async def _begin_afresh(self) -> int:
        async with self.connection.transaction():
            await self._drop(self.new.schema)
            await self._define(self.new.tables)
            # The first row, too, may still be on its way while a later one is already there.
            await self.connection.execute(SQL["wait_for_open_writers"])
            return int(await self.connection.fetchval(SQL["begin_rebuild"], self.live.name, self.live.edition))

    async def _fill(self, take_in: TakeIn) -> None:
        """Take in what has been kept, chunk by chunk, until what is left is short enough to hold up writers for."""
        bound = await self._bound()
        while bound - self.next >= TAIL_POSITIONS_MAX or self.next == self.began_from <= bound:
            while self.next <= bound:
                await self._take_in_chunk(take_in, min(bound, self.next + self.chunk - 1))
                self._tell(bound)
            bound = await self._bound()

    async def _bound(self) -> int:
        """The last position of which none before it is still to be committed."""
        async with self.connection.transaction():
            await self.connection.execute(SQL["wait_for_open_writers"])
            return int(await self.connection.fetchval(SQL["newest_received"]))

    async def _take_in_chunk(self, take_in: TakeIn, last: int) -> None:
        try:
            await self._take_in_at_once(take_in, last)
        except UNREADABLE:
            position = await self._take_in_before_unreadable(take_in, last)
            stream = await self.connection.fetchval(SQL["stream_at"], position)
            raise UnreadableRowError(position, stream) from None

    async def _take_in_at_once(self, take_in: TakeIn, last: int) -> None:
        async with self.connection.transaction():
            await take_in(last)
        self.next = last + 1

    async def _take_in_before_unreadable(self, take_in: TakeIn, last: int) -> int:
        """Take in what comes before the first row that can not be, by halves; gives that one's position."""
        while self.next < last:
            middle = (self.next + last) // 2
            try:
                await self._take_in_at_once(take_in, middle)
            except UNREADABLE:
                last = middle
        return last

    async def _take_in_tail(self, take_in: TakeIn) -> int:
        """Take in the rest; from here to the end of the transaction nothing is added. Gives the last position."""
        await self.connection.execute(SQL["wait_for_open_writers"])
        last = int(await self.connection.fetchval(SQL["newest_received"]))
        if last >= self.next:
            await take_in(last)
        return max(self.next - 1, last)

    async def _take_in(self, last: int) -> None:
        take_in = self.new.take_in_all if self._finished else self.new.gather_all
        await take_in(self.connection, first=self.next, last=last)
        await self.connection.execute(SQL["advance_rebuild"], self.live.name, last + 1)

    @property
    def _finished(self) -> bool:
        return self.steps_done == len(self.live.finishing)

    async def _finish(self) -> None:
        """What is worked out, and every index, once for all that was gathered: it costs a fraction of it row by row."""
        began_at, began_from = self.clock.now(), self.steps_done
        for text in self.new.finishing[began_from:]:
            async with self.connection.transaction():
                await self._define([text])
                await self.connection.execute(SQL["step_done"], self.live.name, self.steps_done + 1)
            self.steps_done += 1
            if self.live.gathering:
                self._tell_step(began_at, began_from)
        for (statement,) in await self.connection.fetch(SQL["statements_to_analyze"], self.new.schema):
            await self.connection.execute(statement)

    async def _compare(self) -> Sequence[Difference]:
        """In one snapshot and undone, holding up nobody: what it does not show is in neither edition's tables.

        What batches leave lying is worked off in both, and by nobody else meanwhile.
        """
        await self.connection.execute(SQL["hold_settling"], self.live.schema)
        transaction = self.connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            last = int(await self.connection.fetchval(SQL["newest_received"]))
            await self.new.take_in_all(self.connection, first=self.next, last=last)
            for edition in (self.live, self.new):
                await edition.settle(self.connection)
                for sweep in edition.sweeps:
                    await self.connection.execute(sweep)
            return await compare(self.connection, live=self.live.schema, new=self.new.schema)
        finally:
            await transaction.rollback()
            await self.connection.execute(SQL["give_up_settling"], self.live.schema)

    async def _swap(self, *, is_equal: bool) -> None:
        async with self.connection.transaction():
            self.next = await self._take_in_tail(self._take_in) + 1
            # What equals the running code's tables is as good as filled by it.
            known = await self.connection.fetchval(SQL["edition_of"], self.live_name)
            filled_by = self.live.edition if is_equal else known or ""
            await self._drop(self.old.schema)
            await self._rename(self.live.schema, becomes=self.old.schema)
            await self._rename(self.new.schema, becomes=self.live.schema)
            await self.connection.execute(SQL["end_rebuild"], self.live.name)
            await self.connection.execute(SQL["keep_edition"], self.old_name, filled_by, self.next)
            await self.connection.execute(SQL["keep_edition"], self.live_name, self.live.edition, self.next)

    async def _define(self, texts: Sequence[str]) -> None:
        role = await self.connection.fetchval("SELECT quote_ident(current_user)")
        for text in texts:
            await self.connection.execute(text.replace("{role}", role))

    async def _rename(self, schema: str, *, becomes: str) -> None:
        await self.connection.execute(
            await self.connection.fetchval(SQL["statement_to_rename_schema"], schema, becomes)
        )

    async def _drop(self, schema: str) -> None:
        await self.connection.execute(await self.connection.fetchval(SQL["statement_to_drop_schema"], schema))

    def _tell(self, bound: int) -> None:
        taken, seconds = self.next - self.began_from, (self.clock.now() - self.began_at).total_seconds()
        remaining_s = seconds / taken * max(0, bound + 1 - self.next) if taken else None
        self.report(RebuildProgress(self.next - self.first, bound + 1 - self.first, remaining_s))

    def _tell_step(self, began_at: datetime, began_from: int) -> None:
        seconds, steps = (self.clock.now() - began_at).total_seconds(), len(self.live.finishing)
        remaining_s = seconds / (self.steps_done - began_from) * (steps - self.steps_done)
        taken = self.next - self.first
        self.report(RebuildProgress(taken, taken, remaining_s, self.steps_done, steps))


async def may_count_anew(connection: Connection, projection: str) -> bool:
    """Whether the caller's transaction may count anew what live tables hold: one at a time, none while a rebuild runs.

    A rebuild that begins meanwhile waits for it.
    """
    return bool(await connection.fetchval(SQL["claim_counting_anew"], projection))


async def rebuild(
    connection: Connection,
    projection: Projection,
    *,
    clock: Clock,
    report: Report,
    on_differences: Differences = Differences.REFUSE,
) -> Rebuilt:
    """Rebuild a projection beside the live one and put it in its place.

    Raises:
        RebuildRunningError: another rebuild of this projection runs.
        DifferencesFoundError: the new tables are not the live ones, which stay; the next try goes on from here.
        UnreadableRowError: a row can not be taken in; the live tables stay, the next try goes on from it.
    """
    return await Rebuild(connection, projection, clock, report).run(on_differences)


async def go_back(connection: Connection, projection: Projection, *, clock: Clock, report: Report) -> int:
    """Put back the tables that were live before the last rebuild; gives how many positions they had missed.

    Raises:
        RebuildRunningError: another rebuild of this projection runs.
        NothingToGoBackToError: there are none.
        FilledByOtherCodeError: other code filled them.
        UnreadableRowError: a row can not be taken in.
    """
    return await Rebuild(connection, projection, clock, report).go_back()
