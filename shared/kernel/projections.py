"""A projection that can be rebuilt: tables in a schema of their own, filled by SQL from the rows of `received`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from shared.kernel.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """What fills a schema with rows, as SQL alone: whoever runs it has a connection and nothing else.

    `tables` and `indexes` are texts of migrations, `statements` queries with three parameters: the first and the last
    position to take in, and either the positions between them that are meant (another writer's may lie there too) or
    null for all. All name the live schema; a rebuild runs the same texts under another name.
    """

    name: str
    schema: str
    tables: Sequence[str]
    indexes: Sequence[str]
    statements: Sequence[str]

    @property
    def edition(self) -> str:
        """Which code this is: tables half built by other code are not gone on with."""
        texts = "\0".join((*self.tables, *self.indexes, *self.statements))
        return sha256(texts.encode()).hexdigest()

    def beside(self, schema: str) -> "Projection":
        """The same projection in another schema."""
        return Projection(
            name=self.name,
            schema=schema,
            tables=self._renamed(self.tables, schema),
            indexes=self._renamed(self.indexes, schema),
            statements=self._renamed(self.statements, schema),
        )

    def _renamed(self, texts: Sequence[str], schema: str) -> tuple[str, ...]:
        return tuple(re.sub(rf"\b{re.escape(self.schema)}\b", schema, text) for text in texts)

    async def take_in(self, connection: Connection, positions: Sequence[int]) -> None:
        """Let these rows of `received` take effect, in the caller's transaction."""
        if positions:
            for statement in self.statements:
                await connection.execute(statement, min(positions), max(positions), list(positions))

    async def take_in_all(self, connection: Connection, *, first: int, last: int) -> None:
        """Let every row of `received` between two positions take effect, both included."""
        for statement in self.statements:
            await connection.execute(statement, first, last, None)
