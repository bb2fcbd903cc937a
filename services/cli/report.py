"""`yima report month`: the month's circular as pages, as a workbook or as a table for machines."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.figures import answer_for, month_period
from services.cli.files import written_whole
from services.cli.framing import Commands
from services.cli.options import help_with_example
from services.cli.settings import launch_settings
from services.cli.terminal import refusals_in_one_line
from services.cli.wording import worded
from services.reporting.adapters.pages import write_pdf
from services.reporting.adapters.sheets import write_csv, write_xlsx
from services.reporting.domain.circular import Told, long_table, subtitle_of, tables_of, title_of
from services.reporting.domain.grouping import By
from services.reporting.domain.question import Question
from shared.kernel.clock import SystemClock
from shared.web.catalogues import load_catalogues

report_app = Commands(help=worded("help_report"))


class Format(StrEnum):
    """What a circular is written as."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


@report_app.callback(help=worded("help_report"))
def report_group() -> None:
    """Keeps the period's name a word of the command while there is but one."""


@report_app.command("month", help=help_with_example("help_report_month", "yima report month 2026-04 --format pdf"))
def report_month(
    month: Annotated[str, typer.Argument(help=worded("help_month"), show_default=False)],
    kind: Annotated[Format, typer.Option("--format", help=worded("help_report_format"))] = Format.PDF,
    out: Annotated[Path | None, typer.Option("--out", help=worded("help_report_out"))] = None,
) -> None:
    with refusals_in_one_line():
        question = Question(period=month_period(month), by=By.UNIT)
        answered = asyncio.run(answer_for(launch_settings(), question))
        told = Told(
            month=question.period.first_day,
            told_at=SystemClock().now(),
            published=answered.published,
            total_now=answered.total,
            units_now=answered.groups,
        )
        path = out or Path(f"yima-{month}.{kind}")
        write_circular(path, kind, told)
    typer.echo(f"✓ {worded('report_written', file=path)}")


def write_circular(path: Path, kind: Format, told: Told) -> None:
    """Whole or not at all: what was broken off leaves no half file under the name.

    Raises:
        UnwritableFileError: nothing can be written there.
    """
    with written_whole(path) as half:
        _write(half, kind, told)


def _write(path: Path, kind: Format, told: Told) -> None:
    # The circular is a Chinese document; each figure has its English name beside.
    say = load_catalogues("reporting")["zh"].say
    match kind:
        case Format.PDF:
            write_pdf(path, title_of(told, say), subtitle_of(told, say), tables_of(told, say))
        case Format.XLSX:
            # Numbers to go on with beside the sentences to read.
            write_xlsx(path, title_of(told, say), [*tables_of(told, say), long_table(told, say)])
        case Format.CSV:
            write_csv(path, long_table(told, say))
