"""`yima export`: the tickets of a month or more with the moment of each stage, streamed to a file."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import asyncpg
import typer

from services.cli.errors import DatabaseAwayError, MonthsReversedError, ParquetMissingError, UnwritableFileError
from services.cli.figures import month_period, reporting_connection
from services.cli.options import InJson
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.reporting.adapters.exports import Kind, ParquetNotInstalledError, opened_table
from services.reporting.domain.period import Period
from services.reporting.queries import count_tickets, exported_columns, exported_tickets
from shared.kernel.database import Connection

TOLD_EVERY_S = 2.0
# A database that went away in the middle; of the operating system's errors the others are the file's.
LOST_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Which tickets go to which file."""

    period: Period
    kind: Kind
    path: Path


def export(
    month: Annotated[str, typer.Argument(help=worded("help_month"), show_default=False)],
    until: Annotated[str | None, typer.Option("--to", help=worded("help_export_to"), show_default=False)] = None,
    kind: Annotated[Kind, typer.Option("--format", help=worded("help_export_format"))] = Kind.CSV,
    out: Annotated[Path | None, typer.Option("--out", help=worded("help_export_out"))] = None,
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        months = month if until is None else f"{month}-{until}"
        wanted = Export(
            period=_months(month, until or month), kind=kind, path=out or Path(f"yima-tickets-{months}.{kind}")
        )
        count = asyncio.run(_exported(launch_settings(), wanted))
    if json:
        record = {"file": str(wanted.path), "format": kind, "tickets": count, "bytes": wanted.path.stat().st_size}
        last_day = wanted.period.day_after - timedelta(days=1)
        days = {"first_day": wanted.period.first_day.isoformat(), "last_day": last_day.isoformat()}
        typer.echo(in_json(record | days))
    else:
        typer.echo(f"✓ {worded('exported', file=wanted.path, count=count)}")


def _months(first: str, last: str) -> Period:
    period = Period(month_period(first).first_day, month_period(last).day_after)
    if period.day_after <= period.first_day:
        raise MonthsReversedError(f"{first} → {last}")
    return period


async def _exported(settings: LaunchSettings, wanted: Export) -> int:
    """Whole or not at all: what is broken off leaves nothing, neither under the name nor beside it.

    Raises:
        UnwritableFileError: nothing can be written there.
        ParquetMissingError: what writes Parquet is not installed.
        DatabaseAwayError: the database does not answer, or went away meanwhile.
    """
    try:
        with TemporaryDirectory(prefix=".yima-export-", dir=wanted.path.parent) as folder:
            half = Path(folder) / wanted.path.name
            async with reporting_connection(settings) as connection:
                count = await _written(connection, wanted, half)
            half.replace(wanted.path)
    except ParquetNotInstalledError:
        raise ParquetMissingError from None
    except LOST_ERRORS as error:
        raise DatabaseAwayError(type(error).__name__) from None
    except OSError:
        raise UnwritableFileError(str(wanted.path)) from None
    return count


async def _written(connection: Connection, wanted: Export, half: Path) -> int:
    # One snapshot: the count that progress is measured by is that of the rows.
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        total = await count_tickets(connection, wanted.period)
        progress = Progress(total)
        with opened_table(wanted.kind, half, await exported_columns(connection)) as write:
            async for rows in exported_tickets(connection, wanted.period):
                write(rows)
                progress.tell(len(rows))
    return total


@dataclass(slots=True)
class Progress:
    """Says now and then how far it is, so that who waits knows how long still."""

    total: int
    done: int = 0
    told_at_s: float = field(default_factory=time.monotonic)

    def tell(self, more: int) -> None:
        """So many more are done."""
        self.done += more
        if time.monotonic() - self.told_at_s >= TOLD_EVERY_S:
            self.told_at_s = time.monotonic()
            typer.echo(f"… {worded('export_progress', done=self.done, total=self.total)}", err=True)
