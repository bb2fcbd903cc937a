"""`yima kpi` and `yima rebuild figures`: the figures on the terminal, and their tables counted afresh."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import MAXYEAR
from math import inf
from time import monotonic
from typing import Annotated

import typer

from services.cli.away import AWAY_ERRORS, of_database
from services.cli.errors import (
    BadMonthError,
    MonthNotBegunError,
    MonthNotOverError,
    MonthPublishedError,
    MonthTooEarlyError,
    NoSuchAreaError,
    NothingBeforeError,
    OtherCodeBeforeError,
    RebuildDiffersError,
    RebuildRunsError,
    RebuildUnreadableError,
)
from services.cli.figures_table import print_figures
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.running import running_platform
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.reporting.api.schemas import AnswerTold
from services.reporting.app import NAME
from services.reporting.domain import errors as reporting
from services.reporting.domain.errors import PeriodNotBegunError, PeriodTooEarlyError, UnknownAreaError
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import FIRST_DAY, Period
from services.reporting.domain.question import Question
from services.reporting.handlers import publish_month
from services.reporting.projections import FIGURES
from services.reporting.queries.answers import Answer, answer
from shared.contracts.directory import AreaLevel
from shared.directory.following import read_directory
from shared.kernel import rebuild as kernel
from shared.kernel.clock import SystemClock
from shared.kernel.comparing import Difference
from shared.kernel.database import Connection, connect
from shared.kernel.rebuild import Differences, RebuildProgress, Rebuilt

MONTH_DAYS_MAX = 31
MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")
# More often nobody reads it; most steps of a small district take milliseconds.
STEPS_EVERY_S = 1.0

rebuild_app = Commands(help=worded("help_rebuild"))


@asynccontextmanager
async def reporting_connection(settings: LaunchSettings) -> AsyncIterator[Connection]:
    """A connection that is reporting's own, to the platform that runs here or to the database that was named."""
    dsn = settings.database_dsn or running_platform(settings).database_url
    try:
        connection = await connect(dsn, schema=NAME, role=f"yima_{NAME}")
    except AWAY_ERRORS as error:
        raise of_database(error) from None
    try:
        yield connection
    finally:
        await connection.close()


def month_period(month: str) -> Period:
    """The calendar month that was typed."""
    found = MONTH.fullmatch(month)
    if found is None or found["year"] == "0000":
        raise BadMonthError(month)
    year = int(found["year"])
    if year < FIRST_DAY.year:
        raise MonthTooEarlyError(month)
    if year == MAXYEAR:
        raise MonthNotBegunError(month)
    return Period.of_month(year, int(found["month"]))


async def answer_for(settings: LaunchSettings, question: Question) -> Answer:
    """The figures, asked of the tables themselves, so that they are told also while no page answers."""
    now = SystemClock().now()
    try:
        question.period.checked(now, days_max=MONTH_DAYS_MAX)
        async with reporting_connection(settings) as connection:
            return await answer(connection, await read_directory(connection), question, now)
    except PeriodNotBegunError:
        raise MonthNotBegunError(f"{question.period.first_day:%Y-%m}") from None
    except PeriodTooEarlyError:
        raise MonthTooEarlyError(f"{question.period.first_day:%Y-%m}") from None
    except UnknownAreaError:
        raise NoSuchAreaError(question.area or "") from None


async def publish(settings: LaunchSettings, period: Period) -> None:
    """Keep a month's figures as they are now."""
    month = f"{period.first_day:%Y-%m}"
    try:
        async with reporting_connection(settings) as connection:
            await publish_month(connection, await read_directory(connection), period, SystemClock().now())
    except reporting.MonthNotOverError:
        raise MonthNotOverError(month) from None
    except reporting.AlreadyPublishedError:
        raise MonthPublishedError(month) from None


def kpi(
    month: Annotated[str, typer.Option(help=worded("help_month"), show_default=False)],
    by: Annotated[By | None, typer.Option(help=worded("help_by"))] = None,
    level: Annotated[AreaLevel, typer.Option(help=worded("help_level"))] = AreaLevel.COMMUNITY,
    tree: Annotated[Tree, typer.Option(help=worded("help_tree"))] = Tree.TODAY,
    area: Annotated[str | None, typer.Option(help=worded("help_area"))] = None,
    publish_it: Annotated[bool, typer.Option("--publish", help=worded("help_publish"))] = False,
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        question = Question(period=month_period(month), by=by, level=level, tree=tree, area=area)
        told = asyncio.run(answer_for(launch_settings(), question))
        if publish_it:
            # It is said once and for all: not before the question has been found good.
            asyncio.run(publish(launch_settings(), question.period))
            told = asyncio.run(answer_for(launch_settings(), question))
    if json:
        typer.echo(AnswerTold.of(told).model_dump_json(by_alias=True, indent=2))
        return
    print_figures(told, title=month)


@rebuild_app.callback(help=worded("help_rebuild"))
def rebuild_group() -> None:
    """Keeps the projection's name a word of the command while there is but one."""


@rebuild_app.command("figures", help=help_with_example("help_rebuild_figures", "yima rebuild figures"))
def rebuild_figures(
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help=worded("help_accept_differences"))
    ] = False,
    back: Annotated[bool, typer.Option("--back", help=worded("help_back"))] = False,
    json: InJson = False,
) -> None:
    if back:
        _go_back(json=json)
        return
    wanted = Differences.ACCEPT if accept_differences else Differences.REFUSE
    with refusals_in_one_line():
        rebuilt = asyncio.run(_rebuilt(launch_settings(), wanted))
    if json:
        typer.echo(in_json(asdict(rebuilt)))
    else:
        text = "rebuilt_equal" if not rebuilt.differences else "rebuilt_different"
        typer.echo(f"✓ {worded(text, count=rebuilt.positions, seconds=rebuilt.seconds)}")


def _go_back(*, json: bool) -> None:
    with refusals_in_one_line():
        missed = asyncio.run(_gone_back(launch_settings()))
    typer.echo(in_json({"positions": missed}) if json else f"✓ {worded('went_back', count=missed)}")


async def _gone_back(settings: LaunchSettings) -> int:
    async with reporting_connection(settings) as connection:
        try:
            return await kernel.go_back(connection, FIGURES, clock=SystemClock(), report=Telling())
        except kernel.RebuildRunningError:
            raise RebuildRunsError from None
        except kernel.FilledByOtherCodeError:
            raise OtherCodeBeforeError from None
        except kernel.UnreadableRowError as error:
            raise RebuildUnreadableError(error.stream, position=error.position) from None
        except kernel.NothingToGoBackToError:
            raise NothingBeforeError from None


async def _rebuilt(settings: LaunchSettings, on_differences: Differences) -> Rebuilt:
    async with reporting_connection(settings) as connection:
        try:
            return await kernel.rebuild(
                connection, FIGURES, clock=SystemClock(), report=Telling(), on_differences=on_differences
            )
        except kernel.RebuildRunningError:
            raise RebuildRunsError from None
        except kernel.DifferencesFoundError as error:
            for difference in error.differences:
                typer.echo(worded("difference_line", **_difference_fields(difference)), err=True)
            raise RebuildDiffersError from None
        except kernel.UnreadableRowError as error:
            raise RebuildUnreadableError(error.stream, position=error.position) from None


def _difference_fields(difference: Difference) -> dict[str, object]:
    return {
        "table": difference.table,
        "only_live": difference.rows_only_live,
        "only_new": difference.rows_only_new,
        "columns": " ".join((*difference.columns_only_live, *difference.columns_only_new)),
    }


@dataclass(slots=True)
class Telling:
    """How far a rebuild has come: where steps follow on each other within a second, one line stands for them all."""

    seconds: Callable[[], float] = monotonic
    told_at: float = -inf

    def __call__(self, progress: RebuildProgress) -> None:
        """A line, unless there has just been one for a step before."""
        if progress.step and self.seconds() - self.told_at < STEPS_EVERY_S:
            return
        self.told_at = self.seconds()
        done, total = (progress.step, progress.steps) if progress.step else (progress.done, progress.total)
        text = "rebuild_step" if progress.step else "rebuild_progress"
        remaining_s = round(progress.remaining_s or 0.0)
        typer.echo(f"… {worded(text, done=done, total=total, remaining=remaining_s)}", err=True)
