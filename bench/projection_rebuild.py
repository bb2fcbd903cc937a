"""How fast the figures are counted afresh: received events into their tables, against a bare ordered cursor read.

Its memory is what the process that counts and its PostgreSQL session hold of their own, without what they share, looked
at all the while: at all events beside a tenth of them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.district import OFFICE
from bench.ground import stores
from bench.memory import Peak, watched
from bench.results import Latencies, Result, result
from bench.scale import Scale
from services.reporting.app import COMPONENTS, NAME
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.projections import FIGURES, time_all
from services.reporting.queries.answers import answer
from shared.directory import Directory
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import migrate
from shared.kernel.rebuild import Differences, RebuildProgress, Rebuilt, rebuild

EVENTS_A_TICKET = 10
CURSOR_PREFETCH = 1_000
# Were memory to grow with the events, ten times as many would show it.
FEWER = 10
READS = 500
NOW = datetime(2026, 11, 20, tzinfo=UTC)
QUESTION = Question(period=Period.of_month(2026, 4), by=By.CATEGORY)
REFERENCE = "bare ordered cursor read"

# A ticket's ten events as their publishers encode them, sealed parts included: the sizes are those of real ones.
FILL = (Path(__file__).parent / "received_events.sql").read_text(encoding="utf-8")
# Their unit keeps an office's hours: without a calendar no first response is told.
FILL_DIRECTORY = """
INSERT INTO directory (kind, id, type, schema_version, edition, body)
VALUES ('calendar', 'office', '', 1, 1, $1::jsonb), ('unit', 'property', '', 1, 1, '{"calendar": "office"}')
"""


async def measure(scale: Scale) -> list[Result]:
    """The benchmarks `projection_rebuild…`: into empty tables, beside live ones that are then compared, and read."""
    events, fewer = scale.received_events, scale.received_events // FEWER
    async with _reporting(fewer) as (connection, _), _watched(connection) as of_fewer:
        await _rebuild(connection, Differences.ACCEPT)
    async with _reporting(events) as (connection, reader):
        read = events / await _seconds_to_read(connection)
        async with _watched(connection) as of_all:
            rebuilt = await _rebuild(connection, Differences.ACCEPT)
            # As the service does beside its work.
            await time_all(connection)
            checked = await _rebuild(connection, Differences.REFUSE)
        alone = Latencies.of([await _ask(reader) for _ in range(READS)])
        meanwhile = Latencies.of(await _asked_during(reader, _rebuild(connection, Differences.REFUSE)))
    return [
        *(
            result(name, value=events / done.seconds, unit="events/s", reference=(REFERENCE, read))
            for name, done in (("projection_rebuild", rebuilt), ("projection_rebuild_beside_equal_live", checked))
        ),
        result(
            "projection_rebuild_memory",
            value=of_all.megabytes,
            unit=f"MB at {events:,} events",
            reference=(f"at {fewer:,} events, MB", of_fewer.megabytes),
        ),
        result(
            "projection_rebuild_reads",
            value=meanwhile.p99_ms,
            unit="ms (p99) of a question while figures are rebuilt",
            reference=("the same while nothing else is done, p99", alone.p99_ms),
            latencies=meanwhile,
        ),
    ]


async def _asked_during(reader: Connection, rebuilding: Coroutine[Any, Any, Rebuilt]) -> Sequence[float]:
    """How long each answer took, asked one after the other until the rebuild has ended; one that fails voids it."""
    rebuilt, seconds = asyncio.create_task(rebuilding), []
    while not rebuilt.done():
        seconds.append(await _ask(reader))
    await rebuilt
    return seconds


async def _ask(reader: Connection) -> float:
    began = perf_counter()
    await answer(reader, Directory(), QUESTION, NOW)
    return perf_counter() - began


@asynccontextmanager
async def _reporting(events: int) -> AsyncIterator[tuple[Connection, Connection]]:
    """Two connections of reporting's to a new database that has received so many events, and shown none."""
    async with stores() as ground:
        dsn, role = ground.postgres.dsn, f"yima_{NAME}"
        await migrate(dsn, schema=NAME, role=role, components=COMPONENTS)
        connections = [await connect(dsn, schema=NAME, role=role) for _ in range(2)]
        try:
            await connections[0].execute(FILL_DIRECTORY, OFFICE)
            await connections[0].execute(FILL.replace("{tickets}", str(events // EVENTS_A_TICKET)))
            yield connections[0], connections[1]
        finally:
            for each in connections:
                await each.close()


def _watched(connection: Connection) -> AbstractAsyncContextManager[Peak]:
    """What this process and the connection's session hold of their own."""
    return watched(os.getpid(), connection.get_server_pid(), own_alone=True)


async def _rebuild(connection: Connection, on_differences: Differences) -> Rebuilt:
    return await rebuild(connection, FIGURES, clock=SystemClock(), report=_ignore, on_differences=on_differences)


async def _seconds_to_read(connection: Connection) -> float:
    """Everything a projection in Python would at least have to do: fetch each row in order, and look at it."""
    began, rows = perf_counter(), 0
    async with connection.transaction():
        query = "SELECT position, stream, version, type, occurred_at, data FROM received ORDER BY position"
        async for _row in connection.cursor(query, prefetch=CURSOR_PREFETCH):
            rows += 1
    return perf_counter() - began


def _ignore(_progress: RebuildProgress) -> None:
    """Nobody watches a benchmark."""
