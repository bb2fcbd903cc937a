"""`yima export`: the tickets of a month with the moment of each stage, streamed as a table; nothing of any person."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.errors import UnwritableFileError
from services.cli.figures import month_period, reporting_connection
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import refusals_in_one_line
from services.cli.wording import worded
from services.reporting.domain.period import Period
from services.reporting.queries import count_tickets, export_tickets

# Spreadsheets that do not know UTF-8 by themselves show Chinese by it.
MARK = "\ufeff".encode()
TOLD_EVERY = 50_000


def export(
    month: Annotated[str, typer.Argument(help=worded("help_month"), show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help=worded("help_export_out"))] = None,
) -> None:
    with refusals_in_one_line():
        path = out or Path(f"yima-tickets-{month}.csv")
        count = asyncio.run(_exported(launch_settings(), month_period(month), path))
    typer.echo(f"✓ {worded('exported', file=path, count=count)}")


async def _exported(settings: LaunchSettings, period: Period, path: Path) -> int:
    """Whole or not at all: what was broken off leaves no half file under the name.

    Raises:
        UnwritableFileError: nothing can be written there.
    """
    half = path.with_name(f".{path.name}.part")
    try:
        async with reporting_connection(settings) as connection:
            total = await count_tickets(connection, period)
            with half.open("wb") as file:
                file.write(MARK)
                await export_tickets(connection, period, _writing(file.write, total))
        half.replace(path)
    except OSError:
        raise UnwritableFileError(str(path)) from None
    finally:
        half.unlink(missing_ok=True)
    return total


def _writing(write: Callable[[bytes], object], total: int) -> Callable[[bytes], Coroutine[Any, Any, None]]:
    """Writes what comes, and says now and then how far it is: a line is a ticket, since no field holds a line's end."""
    lines = 0

    async def take(piece: bytes) -> None:
        nonlocal lines
        write(piece)
        before, lines = lines, lines + piece.count(b"\n")
        if before // TOLD_EVERY != lines // TOLD_EVERY:
            typer.echo(f"… {worded('export_progress', done=lines, total=total)}", err=True)

    return take
