"""A year's tickets exported, against PostgreSQL's own COPY of the same rows; and whether the memory stays flat.

The command is measured whole, with the start of its process, as an operator waits for it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.ground import Stores, stores
from bench.results import Result, result
from bench.scale import Scale
from services.reporting.app import COMPONENTS, NAME
from services.reporting.domain.period import Period
from services.reporting.queries import SQL
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import migrate

FILL = (Path(__file__).parent / "tickets_to_export.sql").read_text(encoding="utf-8")
REFERENCE = "PostgreSQL's COPY to a file"
# A year that is over: months to come are refused.
FIRST, LAST = "2025-01", "2025-12"
YEAR = Period(Period.of_month(2025, 1).first_day, Period.of_month(2025, 12).day_after)
# One month is a twelfth of the year: were memory to grow with the rows, twelve times as many would show it.
KINDS = ("csv", "parquet", "xlsx")
ROUNDS_MAX = 3
LOOK_EVERY_S = 0.05


class RowsDifferError(Exception):
    """What was written is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How long the command took, and the most memory that it held."""

    seconds: float
    megabytes: float


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `export_csv`, and the same for the other formats."""
    async with stores() as ground:
        dsn, role = ground.postgres.dsn, f"yima_{NAME}"
        await migrate(dsn, schema=NAME, role=role, components=COMPONENTS)
        connection = await connect(dsn, schema=NAME, role=role)
        try:
            await connection.execute(FILL.replace("{tickets}", str(scale.exported_tickets)))
            return await _measure(ground, connection, scale)
        finally:
            await connection.close()


async def _measure(ground: Stores, connection: Connection, scale: Scale) -> list[Result]:
    tickets, results = scale.exported_tickets, []
    for kind in KINDS:
        rounds = ROUNDS_MAX if kind == "csv" else 1
        pairs = [
            (await _copied(ground, connection), await _export(ground, kind, tickets))
            for _ in range(min(rounds, scale.rounds))
        ]
        month = await _export(ground, kind, None)
        results += _results(kind, tickets, pairs, month)
    return results


def _results(kind: str, tickets: int, pairs: Sequence[tuple[float, Exported]], month: Exported) -> list[Result]:
    copied, ours = median(seconds for seconds, _ in pairs), median(each.seconds for _, each in pairs)
    return [
        result(
            f"export_{kind}",
            value=tickets / ours,
            unit="tickets/s",
            reference=(REFERENCE, tickets / copied),
            ratio=median(seconds / each.seconds for seconds, each in pairs),
        ),
        result(
            f"export_{kind}_memory",
            value=max(each.megabytes for _, each in pairs),
            unit=f"MB at {tickets:,} tickets",
            reference=("one month of twelve, MB", month.megabytes),
        ),
    ]


async def _copied(ground: Stores, connection: Connection) -> float:
    """The seconds until PostgreSQL has sent the same rows and a file has taken them."""
    began = perf_counter()
    query = SQL["export_tickets"].rstrip().rstrip(";")
    file = ground.home / "copied.csv"
    await connection.copy_from_query(query, YEAR.starts, YEAR.ends, output=file, format="csv", header=True)
    return perf_counter() - began


async def _export(ground: Stores, kind: str, tickets: int | None) -> Exported:
    """Export the year, which has so many tickets, or its first month.

    Raises:
        RowsDifferError: it has others.
    """
    file = ground.home / f"exported.{kind}"
    until = LAST if tickets is not None else FIRST
    began = perf_counter()
    arguments = ["export", FIRST, "--to", until, "--format", kind, "--out", str(file), "--json"]
    async with ground.yima_process(*arguments) as process:
        megabytes = await _peak_megabytes(process)
    seconds = perf_counter() - began
    if kind == "csv" and tickets is not None and _lines(file) != tickets + 1:
        raise RowsDifferError
    return Exported(seconds, megabytes)


async def _peak_megabytes(process: asyncio.subprocess.Process) -> float:
    """The most that the process has held, as the kernel noted it, read until it ends."""
    ending, peak = asyncio.create_task(process.communicate()), 0.0
    while not ending.done():
        await asyncio.wait({ending}, timeout=LOOK_EVERY_S)
        # It may end between two looks.
        with suppress(OSError, StopIteration):
            peak = max(peak, _noted_megabytes(process.pid))
    return peak


def _noted_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    noted = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(noted.split()[1]) / 1024


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(1 for _ in opened)
