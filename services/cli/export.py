"""`yima export`: the tickets of a month or more with the moment of each stage, streamed to a file."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from services.cli.away import of_database
from services.cli.errors import (
    MonthNotBegunError,
    MonthsReversedError,
    ParquetMissingError,
    WhoAndWhyError,
)
from services.cli.export_personal import COLUMNS, Asker, Complete, with_contacts
from services.cli.figures import month_period, reporting_connection
from services.cli.files import written_whole
from services.cli.options import InJson
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.reporting.adapters.columns import Rows
from services.reporting.adapters.exports import Kind, ParquetNotInstalledError, opened_table
from services.reporting.domain.period import Period
from services.reporting.queries import count_tickets, exported_columns, exported_tickets
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection
from shared.writing import is_blank

TOLD_EVERY_S = 2.0
REASON_LETTERS_MAX = 200
# A database that went away in the middle; of the operating system's errors the others are the file's.
LOST_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError, TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Which tickets go to which file, and who asks for their reporters too."""

    period: Period
    kind: Kind
    path: Path
    asker: Asker | None


def export(
    month: Annotated[str, typer.Argument(help=worded("help_month"), show_default=False)],
    until: Annotated[str | None, typer.Option("--to", help=worded("help_export_to"), show_default=False)] = None,
    kind: Annotated[Kind, typer.Option("--format", help=worded("help_export_format"))] = Kind.CSV,
    out: Annotated[Path | None, typer.Option("--out", help=worded("help_export_out"))] = None,
    personal: Annotated[bool, typer.Option("--personal", help=worded("help_export_personal"))] = False,
    account: Annotated[str, typer.Option(help=worded("help_export_account"), show_default=False)] = "",
    reason: Annotated[str, typer.Option(help=worded("help_export_reason"), show_default=False)] = "",
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        months = month if until is None else f"{month}-{until}"
        wanted = Export(
            period=_months(month, until or month),
            kind=kind,
            path=out or Path(f"yima-tickets-{months}.{kind}"),
            asker=_asker(account, reason) if personal or account or reason else None,
        )
        count = asyncio.run(_exported(launch_settings(), wanted))
    if json:
        record = {"file": str(wanted.path), "format": kind, "tickets": count, "bytes": wanted.path.stat().st_size}
        last_day = wanted.period.day_after - timedelta(days=1)
        days = {"first_day": wanted.period.first_day.isoformat(), "last_day": last_day.isoformat()}
        typer.echo(in_json(record | days | {"personal": wanted.asker is not None}))
    else:
        typer.echo(f"✓ {worded('exported', file=wanted.path, count=count)}")


def _months(first: str, last: str) -> Period:
    period = Period(month_period(first).first_day, month_period(last).day_after)
    if period.day_after <= period.first_day:
        raise MonthsReversedError(f"{first} → {last}")
    for each in (first, last):
        if month_period(each).starts > SystemClock().now():
            raise MonthNotBegunError(each)
    return period


def _asker(account: str, reason: str) -> Asker:
    if not account or is_blank(reason) or len(reason) > REASON_LETTERS_MAX:
        raise WhoAndWhyError
    password = typer.prompt(worded("export_password", account=account), hide_input=True, err=True)
    return Asker(account=account, password=password, reason=reason)


async def _exported(settings: LaunchSettings, wanted: Export) -> int:
    """Whole or not at all: what is broken off leaves nothing, neither under the name nor beside it.

    Raises:
        UnwritableFileError: nothing can be written there.
        ParquetMissingError: what writes Parquet is not installed.
        DatabaseAwayError: the database does not answer, or went away meanwhile.
    """
    try:
        with written_whole(wanted.path) as half:
            async with reporting_connection(settings) as connection:
                count = await _written(settings, connection, wanted, half)
            if wanted.asker is not None:
                half.chmod(0o600)
    except ParquetNotInstalledError:
        raise ParquetMissingError from None
    except LOST_ERRORS as error:
        raise of_database(error) from None
    return count


async def _written(settings: LaunchSettings, connection: Connection, wanted: Export, half: Path) -> int:
    # One snapshot: the count that progress is measured by is that of the rows.
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        total = await count_tickets(connection, wanted.period)
        progress = Progress(total)
        async with _completing(settings, wanted, total) as (more_columns, complete):
            columns = [*await exported_columns(connection), *more_columns]
            with opened_table(wanted.kind, half, columns) as write:
                async for rows in exported_tickets(connection, wanted.period):
                    write(await complete(rows))
                    progress.tell(len(rows))
    return total


@asynccontextmanager
async def _completing(
    settings: LaunchSettings, wanted: Export, total: int
) -> AsyncIterator[tuple[Sequence[str], Complete]]:
    """The columns that rows have besides, and what fills them."""
    if wanted.asker is None:
        yield (), _as_they_are
        return
    async with with_contacts(settings, wanted.asker, wanted.period, total) as complete:
        yield COLUMNS, complete


async def _as_they_are(rows: Rows) -> Rows:
    return rows


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
