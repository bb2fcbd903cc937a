"""A projection that can be rebuilt: tables in a schema of their own, filled by SQL from the rows of `received`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from shared.kernel.database import Connection
from shared.kernel.event_store import SQL

# How a statement says which rows of `received` it takes in. A few are looked up one by one: for that there is a plan
# that serves every batch, and none need be made anew for each.
TAKEN = "position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))"
LOOKED_UP = "position = ANY ($1)"
LOOKED_UP_MAX = 500
# What is left over is settled by whoever takes in a position that so many divide.
SETTLED_EACH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What fills a schema with rows, as SQL alone: whoever runs it has a connection and nothing else.

    `tables` are texts of migrations, `statements` queries with three parameters: the first and the last position to
    take in, and either the positions between them that are meant (another writer's may lie there too) or null for all;
    each says so by `TAKEN`. A rebuild runs `gathering`, statements of the same kind that are cheap without indexes,
    over all positions, and then `finishing`, texts of which each is a transaction of its own: they work out the rest
    from what was gathered, and make the indexes. Without `gathering` all statements are run instead.

    `settling` statements, without parameters, work off what the others leave lying to be done for many batches at once;
    `sweeps` clear away what tells of nothing, before two editions are compared. All name the live schema; a rebuild
    runs the same texts under another name.
    """

    name: str
    schema: str
    tables: Sequence[str]
    statements: Sequence[str]
    gathering: Sequence[str] = ()
    finishing: Sequence[str] = ()
    settling: Sequence[str] = ()
    sweeps: Sequence[str] = ()

    @property
    def edition(self) -> str:
        """Which code this is: tables half built by other code are not gone on with."""
        texts = (self.tables, self.statements, self.gathering, self.finishing, self.settling, self.sweeps)
        return sha256("\0".join(text for part in texts for text in part).encode()).hexdigest()

    def beside(self, schema: str) -> "Projection":
        """The same projection in another schema."""
        return Projection(
            name=self.name,
            schema=schema,
            tables=self._renamed(self.tables, schema),
            statements=self._renamed(self.statements, schema),
            gathering=self._renamed(self.gathering, schema),
            finishing=self._renamed(self.finishing, schema),
            settling=self._renamed(self.settling, schema),
            sweeps=self._renamed(self.sweeps, schema),
        )

    def _renamed(self, texts: Sequence[str], schema: str) -> tuple[str, ...]:
        return tuple(re.sub(rf"\b{re.escape(self.schema)}\b", schema, text) for text in texts)

    async def take_in(self, connection: Connection, positions: Sequence[int]) -> None:
        """Let these rows of `received` take effect, in the caller's transaction."""
        if not positions:
            return
        first, last = min(positions), max(positions)
        for statement in self.statements:
            if len(positions) <= LOOKED_UP_MAX:
                await connection.execute(statement.replace(TAKEN, LOOKED_UP), positions)
            else:
                await connection.execute(statement, first, last, positions)
        await self._settle_at_times(connection, first, last)

    async def take_in_all(self, connection: Connection, *, first: int, last: int) -> None:
        """Let every row of `received` between two positions take effect, both included."""
        for statement in self.statements:
            await connection.execute(statement, first, last, None)
        await self._settle_at_times(connection, first, last)

    async def gather_all(self, connection: Connection, *, first: int, last: int) -> None:
        """Gather what every row of `received` between two positions says, both included; `finishing` does the rest."""
        for statement in self.gathering or self.statements:
            await connection.execute(statement, first, last, None)

    async def _settle_at_times(self, connection: Connection, first: int, last: int) -> None:
        due = last // SETTLED_EACH > (first - 1) // SETTLED_EACH
        if due and self.settling and await connection.fetchval(SQL["claim_settling"], self.schema):
            await self.settle(connection)

    async def settle(self, connection: Connection) -> None:
        """Work off what was left, in the caller's transaction; who does so has claimed it."""
        for statement in self.settling:
            await connection.execute(statement)
