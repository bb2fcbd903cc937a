"""Where two editions of a projection's tables differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from shared.kernel.database import Connection
from shared.kernel.event_store import SQL

SAMPLES_MAX = 3


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
