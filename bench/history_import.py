"""Another system's history, from `yima import` until every service knows every row; and whether memory stays flat.

The rows are the residents' messages, repeated under new ids until there are enough.
"""

import asyncio
import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from time import perf_counter

from bench.counts import MESSAGES_A_TICKET, check_history, counted_in_figures, counts, messages_settled
from bench.ground import Server, Stores, platform, stores
from bench.memory import Peak, watched
from bench.residents.messages import FIELD_CHARACTERS_MAX, MAPPING, absent, messages_file
from bench.results import Result, result
from bench.scale import Scale

ID_COLUMN = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: its rows, how long the whole path took, and the memory of the command and of the platform."""

    rows: int
    seconds: float
    command: Peak
    services: Peak

    @property
    def per_second(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `history_import`."""
    messages = messages_file()
    if messages is None:
        print(f"  {absent()}", file=sys.stderr)
        return []
    few = await _import(messages, None)
    many = await _import(messages, scale.history_rows)
    before = f"{few.rows:,} rows"
    return [
        result("history_import", value=many.per_second, unit="rows/s", reference=(before, few.per_second)),
        result(
            "history_import_command_memory",
            value=many.command.megabytes,
            unit=f"MB at {many.rows:,} rows",
            reference=(f"{before}, MB", few.command.megabytes),
        ),
        result(
            "history_import_services_memory",
            value=many.services.megabytes,
            unit=f"MB at {many.rows:,} rows",
            reference=(f"{before}, MB", few.services.megabytes),
        ),
    ]


async def _import(messages: Path, rows: int | None) -> Imported:
    """Import so many rows, or the file as it is, on a platform of its own."""
    async with stores() as ground, platform(ground) as server:
        file = ground.home / "history.csv"
        written = await asyncio.to_thread(_write_rows, messages, file, rows)
        imported = await _timed(ground, server, file, written)
        connection = await ground.connect()
        check_history(await counts(connection), written)
        await connection.close()
    return imported


async def _timed(ground: Stores, server: Server, file: Path, rows: int) -> Imported:
    connection = await ground.connect()
    async with watched(server.process.pid) as services:
        began = perf_counter()
        arguments = ["import", str(file), "--source", "bench", "--mapping", str(MAPPING), "--json"]
        async with ground.yima_process(*arguments) as process, watched(process.pid) as command:
            await process.communicate()
        await messages_settled(connection, rows * MESSAGES_A_TICKET)
        await counted_in_figures(connection, rows)
        seconds = perf_counter() - began
    await connection.close()
    return Imported(rows, seconds, command, services)


def _write_rows(messages: Path, file: Path, rows: int | None) -> int:
    """The same table with as many rows, each under an id of its own."""
    csv.field_size_limit(FIELD_CHARACTERS_MAX)
    with (
        messages.open(encoding="utf-8-sig", newline="") as source,
        file.open("w", encoding="utf-8", newline="") as made,
    ):
        head, *table = csv.reader(source)
        written = csv.writer(made)
        written.writerow(head)
        written.writerows(_numbered(islice(cycle(table), rows or len(table))))
    return rows or len(table)


def _numbered(table: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, row in zip(count(1), table, strict=False):
        yield [*row[:ID_COLUMN], f"{number:07}", *row[ID_COLUMN + 1 :]]
