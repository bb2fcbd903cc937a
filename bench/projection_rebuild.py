"""How fast the figures are counted afresh: received events into their tables, against a bare ordered cursor read."""

from pathlib import Path
from time import perf_counter

from bench.ground import stores
from bench.results import Result, result
from bench.scale import Scale
from services.reporting.app import COMPONENTS, NAME
from services.reporting.projections import FIGURES
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import migrate
from shared.kernel.rebuild import Differences, RebuildProgress, rebuild

EVENTS_A_TICKET = 10
CURSOR_PREFETCH = 1_000
REFERENCE = "bare ordered cursor read"

# A ticket's ten events as their publishers encode them, sealed parts included: the sizes are those of real ones.
FILL = (Path(__file__).parent / "received_events.sql").read_text(encoding="utf-8")


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `projection_rebuild`: into empty tables, and beside live ones that are then compared."""
    async with stores() as ground:
        dsn, role = ground.postgres.dsn, f"yima_{NAME}"
        await migrate(dsn, schema=NAME, role=role, components=COMPONENTS)
        connection = await connect(dsn, schema=NAME, role=role)
        try:
            return await _measure(connection, scale.received_events)
        finally:
            await connection.close()


async def _measure(connection: Connection, events: int) -> list[Result]:
    await connection.execute(FILL.replace("{tickets}", str(events // EVENTS_A_TICKET)))
    read = events / await _seconds_to_read(connection)
    rebuilt = await rebuild(connection, FIGURES, clock=SystemClock(), report=_ignore, on_differences=Differences.ACCEPT)
    checked = await rebuild(connection, FIGURES, clock=SystemClock(), report=_ignore)
    return [
        result(name, value=events / done.seconds, unit="events/s", reference=(REFERENCE, read))
        for name, done in (("projection_rebuild", rebuilt), ("projection_rebuild_beside_equal_live", checked))
    ]


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
