"""How fast the figures are counted afresh: 1,000,000 received events against a bare ordered cursor read of them."""

import asyncio
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from services.reporting.app import COMPONENTS, NAME
from services.reporting.projections import FIGURES
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import migrate
from shared.kernel.rebuild import Differences, RebuildProgress, rebuild

EVENTS = 1_000_000
EVENTS_A_TICKET = 10
CURSOR_PREFETCH = 1_000

# A ticket's ten events as their publishers encode them, sealed parts included: the sizes are those of real ones.
FILL = (Path(__file__).parent / "received_events.sql").read_text(encoding="utf-8")


async def measure(dsn: str, events: int = EVENTS) -> list[dict[str, Any]]:
    """The benchmark `projection_rebuild`, on a database of its own."""
    await migrate(dsn, schema=NAME, role=f"yima_{NAME}", components=COMPONENTS)
    connection = await connect(dsn, schema=NAME, role=f"yima_{NAME}")
    try:
        await connection.execute(FILL.replace("{tickets}", str(events // EVENTS_A_TICKET)))
        read = events / await _seconds_to_read(connection)
        rebuilt = await rebuild(
            connection, FIGURES, clock=SystemClock(), report=_ignore, on_differences=Differences.ACCEPT
        )
        checked = await rebuild(connection, FIGURES, clock=SystemClock(), report=_ignore)
    finally:
        await connection.close()
    return [_result(events / rebuilt.seconds, read), _result(events / checked.seconds, read, suffix="_with_equal_live")]


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


def _result(value: float, reference: float, suffix: str = "") -> dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "name": f"projection_rebuild{suffix}",
        "value": round(value),
        "unit": "events/s",
        "reference_name": "bare ordered cursor read",
        "reference_value": round(reference),
        "ratio": round(value / reference, 3),
        "p50_ms": None,
        "p95_ms": None,
        "p99_ms": None,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "commit": commit.stdout.strip(),
        "at": datetime.now(UTC).isoformat(),  # noqa: TID251 - a benchmark is dated by the machine's own time.
    }


if __name__ == "__main__":
    for result in asyncio.run(measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else EVENTS)):
        print(result)
