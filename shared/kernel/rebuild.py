"""A projection rebuilt beside the live one and put in its place.

Promise: readers see the old tables until they see the new ones, never none and never half. An interrupted rebuild goes
on where it was. Rows that arrive meanwhile are in. By unchanged code the new tables must equal the live ones; where
they differ, the differences are listed and the swap needs to be asked for. It is given a connection to the service's
own tables and a projection that is SQL alone, so that nothing in it can reach a port: no message is ever sent again.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import asyncpg

from shared.kernel.clock import Clock
from shared.kernel.database import Connection
from shared.kernel.event_store import SQL
from shared.kernel.projections import Projection

CHUNK_POSITIONS = 50_000
TAIL_POSITIONS_MAX = 5_000
SAMPLES_MAX = 3


class RebuildRunningError(Exception):
    """This projection is being rebuilt already; wait until that has ended."""


class NothingToGoBackToError(Exception):
    """The tables before the last rebuild are not there, or are those of other code: start that, and go back by it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one table that the other edition lacks, with the first few; and columns that only one of them has."""

    table: str
    rows_only_live: int = 0
    rows_only_new: int = 0
    samples_live: Sequence[str] = ()
    samples_new: Sequence[str] = ()
    columns_only_live: Sequence[str] = ()
    columns_only_new: Sequence[str] = ()


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
        """The projection that was live before, from the swap until the next rebuild."""
        return self.live.beside(f"{self.live.schema}_old")

    @property
    def old_name(self) -> str:
        """Under what name it is noted how far the old tables have come."""
        return f"{self.live.name} before"

    async def run(self, on_differences: Differences) -> Rebuilt:
        """Build, catch up, compare and swap.

        Raises:
            RebuildRunningError: another rebuild of this projection runs.
            DifferencesFoundError: the new tables are not the live ones; they wait beside them.
        """
        async with self._claimed():
            await self._drop(self.old.schema)
            await self.connection.execute(SQL["end_rebuild"], self.old_name)
            await self._begin()
            if self.steps_done == 0:
                await self._fill()
            await self._finish()
            await self._fill()
            differences = await self._compare()
            if differences and on_differences is Differences.REFUSE:
                raise DifferencesFoundError(differences)
            # Comparing large tables takes its time, and writers go on meanwhile.
            await self._fill()
            await self._swap()
        seconds = (self.clock.now() - self.began_at).total_seconds()
        return Rebuilt(self.next - self.first, self.resumed_at, seconds, differences)

    async def go_back(self) -> int:
        """Catch up the tables that were live before the last rebuild and put them back; the others take their place.

        Gives how many positions they had missed. All in one transaction: what arrives meanwhile waits for it.

        Raises:
            RebuildRunningError: another rebuild of this projection runs.
            NothingToGoBackToError: there are none, or other code filled them.
        """
        async with self._claimed():
            kept = await self.connection.fetchval(SQL["old_next_position"], self.old_name)
            if kept is None or not await self._has_tables_of_now(self.old.schema):
                raise NothingToGoBackToError
            try:
                return await self._put_back(kept)
            except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
                raise NothingToGoBackToError from None

    async def _has_tables_of_now(self, schema: str) -> bool:
        """Whether it has the live tables and columns: a migration since then changed those alone."""
        tables = await self.connection.fetch(SQL["columns_by_table"], self.live.schema, schema)
        return not any(table["only_live"] or table["only_new"] for table in tables)

    async def _put_back(self, first: int) -> int:
        aside = f"{self.live.schema}_aside"
        async with self.connection.transaction():
            await self.connection.execute(SQL["wait_for_open_writers"])
            last = int(await self.connection.fetchval(SQL["newest_received"]))
            for start in range(first, last + 1, self.chunk):
                await self.old.take_in_all(self.connection, first=start, last=min(last, start + self.chunk - 1))
            await self._rename(self.live.schema, becomes=aside)
            await self._rename(self.old.schema, becomes=self.live.schema)
            await self._rename(aside, becomes=self.old.schema)
            await self.connection.execute(SQL["keep_old"], self.old_name, last + 1)
        return last + 1 - first

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

    async def _fill(self) -> None:
        """Take in what has been kept, chunk by chunk, until what is left is short enough to hold up writers for."""
        bound = await self._bound()
        while bound - self.next >= TAIL_POSITIONS_MAX or self.next == self.first <= bound:
            while self.next <= bound:
                await self._take_in_chunk(min(bound, self.next + self.chunk - 1))
                self._tell(bound)
            bound = await self._bound()

    async def _bound(self) -> int:
        """The last position of which none before it is still to be committed."""
        async with self.connection.transaction():
            await self.connection.execute(SQL["wait_for_open_writers"])
            return int(await self.connection.fetchval(SQL["newest_received"]))

    async def _take_in_chunk(self, last: int) -> None:
        async with self.connection.transaction():
            await self._take_in(last)
        self.next = last + 1

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

    async def _swap(self) -> None:
        async with self.connection.transaction():
            await self.connection.execute(SQL["wait_for_open_writers"])
            last = int(await self.connection.fetchval(SQL["newest_received"]))
            if last >= self.next:
                await self._take_in(last)
            await self._rename(self.live.schema, becomes=self.old.schema)
            await self._rename(self.new.schema, becomes=self.live.schema)
            await self.connection.execute(SQL["end_rebuild"], self.live.name)
            self.next = max(self.next, last + 1)
            await self.connection.execute(SQL["keep_old"], self.old_name, self.next)

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
        taken, left = self.next - self.began_from, max(0, bound + 1 - self.next)
        seconds = (self.clock.now() - self.began_at).total_seconds()
        remaining_s = seconds / taken * left if taken else None
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
    """
    return await Rebuild(connection, projection, clock, report).run(on_differences)


async def go_back(connection: Connection, projection: Projection, *, clock: Clock, report: Report) -> int:
    """Put back the tables that were live before the last rebuild; gives how many positions they had missed.

    Raises:
        RebuildRunningError: another rebuild of this projection runs.
        NothingToGoBackToError: there are none, or other code filled them.
    """
    return await Rebuild(connection, projection, clock, report).go_back()


async def compare(connection: Connection, *, live: str, new: str) -> Sequence[Difference]:
    """Where two editions of a projection's tables differ, table by table; empty when they are equal."""
    rows = await connection.fetch(SQL["columns_by_table"], live, new)
    compared = [await _difference(connection, row, live=live, new=new) for row in rows]
    return tuple(difference for difference in compared if difference)


async def _difference(connection: Connection, row: asyncpg.Record, *, live: str, new: str) -> Difference | None:
    table, columns = row["table"], row["both"]
    lacking_new, samples_live = await _lacking(connection, table, columns, has=live, lacks=new)
    lacking_live, samples_new = await _lacking(connection, table, columns, has=new, lacks=live)
    if not (lacking_new or lacking_live or row["only_live"] or row["only_new"]):
        return None
    return Difference(
        table, lacking_new, lacking_live, samples_live, samples_new, tuple(row["only_live"]), tuple(row["only_new"])
    )


async def _lacking(
    connection: Connection, table: str, columns: Sequence[str] | None, *, has: str, lacks: str
) -> tuple[int, Sequence[str]]:
    """How many rows of one edition the other lacks, by the columns that both have, and the first few of them."""
    if not columns:
        return 0, ()
    statement = await connection.fetchval(SQL["statement_to_compare"], has, lacks, table, list(columns), SAMPLES_MAX)
    found = await connection.fetchrow(statement)
    return (found["rows"], tuple(found["samples"])) if found else (0, ())
