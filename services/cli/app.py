"""The commands of `yima`; each further group of commands is a Typer application that is added here."""

import asyncio
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.cli.awaiting import others_answer
from services.cli.clocks import clocks_app
from services.cli.demo import demo
from services.cli.detached import launch_detached
from services.cli.district import district_app
from services.cli.doctor import examine, examined_lines, examined_record
from services.cli.erase import erase
from services.cli.export import export
from services.cli.figures import kpi, rebuild_app
from services.cli.framing import Commands
from services.cli.imports import import_history
from services.cli.launcher import Composition, Launcher, Welcome, prepare_only
from services.cli.options import InJson, help_with_example
from services.cli.parked import parked_app
from services.cli.partners import partner_app
from services.cli.photos import photos_app
from services.cli.report import report_app
from services.cli.republish import republish
from services.cli.rules import rules_app
from services.cli.running import LAUNCHER, opened_log, processes, stop_everything
from services.cli.serving import serve
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.staff import staff_app
from services.cli.terminal import asked_in_json, in_json, refusals_in_one_line, show
from services.cli.traces import record_traces
from services.cli.usage import YimaGroup
from services.cli.welcome import account_lines, account_records, command_out_of_reach, welcome_record, welcome_text
from services.cli.wording import worded
from shared.embedded import jars
from shared.embedded.platform import Prepared
from shared.embedded.processes import write_private
from shared.kernel import logging
from shared.kernel.clock import SystemClock

app = Commands(
    name="yima",
    cls=YimaGroup,
    help=worded("help_app"),
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def every_command() -> None:
    """What a command prints is for who asked; what goes wrong beside it goes to standard error."""
    logging.configure(level="WARNING")


app.command(help=help_with_example("help_kpi", "yima kpi --month 2026-04 --by area"))(kpi)
app.command(help=help_with_example("help_serve", "yima serve intake --port 8001"))(serve)
app.add_typer(rebuild_app, name="rebuild")
app.add_typer(report_app, name="report")
app.command(help=help_with_example("help_export", "yima export 2026-04 --format xlsx --out april.xlsx"))(export)
app.add_typer(district_app, name="district")
app.add_typer(rules_app, name="rules")
app.add_typer(clocks_app, name="clocks")
app.add_typer(partner_app, name="partner")
app.add_typer(photos_app, name="photos")
app.command(
    "import",
    help=help_with_example("help_import", "yima import history.csv --source hotline --mapping m.yaml --dry-run"),
)(import_history)
app.add_typer(staff_app, name="staff")
app.command(help=help_with_example("help_erase", "yima erase 104302816"))(erase)
app.command(help=help_with_example("help_republish", "yima republish"))(republish)
app.add_typer(parked_app, name="parked")
app.command(help=help_with_example("help_demo", "yima demo --speed 2"))(demo)


@app.command(help=help_with_example("help_up", "yima up --detach --port 8080"))
def up(
    detach: Annotated[bool, typer.Option("--detach", help=worded("help_detach"))] = False,
    port: Annotated[int | None, typer.Option(help=worded("help_port"), min=1, max=65535)] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help=worded("help_verbose"))] = False,
    json: InJson = False,
    welcome_to: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    if welcome_to is not None:
        # Who started it reads its lines, and answers in JSON itself.
        asked_in_json.set(False)
    with refusals_in_one_line():
        settings = launch_settings(port)
        if detach:
            typer.echo(asyncio.run(launch_detached(settings, in_json=json, tell=_tell_progress)))
        else:
            _set_up_log(settings, verbose=verbose, kept_by_starter=welcome_to is not None)
            record_traces("yima")
            _run_here(settings, json=json, welcome_to=welcome_to)


def _set_up_log(settings: LaunchSettings, *, verbose: bool, kept_by_starter: bool) -> None:
    if kept_by_starter:
        logging.configure()
    else:
        # Who started it here reads its progress; the log's lines between would only be in the way.
        log = opened_log(settings.data_dir)
        logging.keep(log, shown_from="INFO" if verbose else "WARNING", pretty=sys.stderr.isatty())
    logging.remember_loggers()


def _run_here(settings: LaunchSettings, *, json: bool, welcome_to: Path | None) -> None:
    # Imported here because it brings in all four services, which the other commands do without.
    from services import composed

    def welcome(arrived: Welcome) -> None:
        stop_key = "stop_foreground" if welcome_to is None else "stop_detached"
        text = (
            in_json(welcome_record(arrived))
            if json
            else welcome_text(arrived, stop_key=stop_key, command=command_out_of_reach())
        )
        if welcome_to is None:
            typer.echo(text)
        else:
            write_private(welcome_to, text)

    Launcher(
        settings, composed, report=show, welcome=welcome, stopping=lambda: typer.echo(worded("stopping"), err=True)
    ).run()
    typer.echo(f"✓ {worded('stopped')}", err=True)


def _tell_progress(line: str) -> None:
    typer.echo(line, err=True)


@app.command(help=help_with_example("help_migrate", "yima migrate"))
def migrate(
    hide_passwords: Annotated[bool, typer.Option("--hide-passwords", help=worded("help_hide_passwords"))] = False,
    json: InJson = False,
) -> None:
    from services import composed

    with refusals_in_one_line():
        prepared = asyncio.run(_migrated(launch_settings(), composed))
    if hide_passwords:
        # What a container prints is kept, and read by more people than may know a password.
        typer.echo(in_json({"accounts": len(prepared.accounts)}) if json else worded("migrated"))
    else:
        typer.echo(in_json({"accounts": account_records(prepared)}) if json else "\n".join(account_lines(prepared)))


async def _migrated(settings: LaunchSettings, composition: Composition) -> Prepared:
    await others_answer(settings)
    return await prepare_only(settings, composition, show)


@app.command(help=help_with_example("help_down", "yima down"))
def down(json: InJson = False) -> None:
    with refusals_in_one_line():
        # Nothing to stop is what was asked for: who types it twice has done nothing wrong.
        stopped = asyncio.run(stop_everything(launch_settings(), show))
    said = worded("stopped") if stopped else worded("nothing_runs")
    typer.echo(in_json({"stopped": stopped, "running": False}) if json else f"✓ {said}")


@app.command(help=help_with_example("help_status", "yima status --json"))
def status(json: InJson = False) -> None:
    with refusals_in_one_line():
        found = processes(launch_settings())
    running = any(process.name == LAUNCHER for process in found)
    if json:
        typer.echo(in_json({"running": running, "processes": [asdict(process) for process in found]}))
    else:
        for process in found:
            typer.echo(worded("status_line", **asdict(process)))
        if not running:
            typer.echo(worded("status_down", name=LAUNCHER))
    raise typer.Exit(0 if running else 1)


@app.command(help=help_with_example("help_doctor", "yima doctor"))
def doctor(
    url: Annotated[list[str] | None, typer.Option("--url", help=worded("help_doctor_url"))] = None, json: InJson = False
) -> None:
    with refusals_in_one_line():
        settings = launch_settings()
        examined = examine(settings, SystemClock(), url or [])
        told = in_json(examined_record(settings, examined)) if json else "\n".join(examined_lines(settings, examined))
    typer.echo(told)
    raise typer.Exit(1 if examined.findings else 0)


@app.command(help=help_with_example("help_fetch", "yima fetch"))
def fetch(json: InJson = False) -> None:
    with refusals_in_one_line():
        directory = jars.fetch(show)
    if json:
        typer.echo(in_json({"directory": str(directory)}))


def main() -> None:
    """The command line. Asked to end, it ends as by Ctrl-C, so that nothing half written stays."""
    signal.signal(signal.SIGTERM, _as_interrupted)
    app()


def _as_interrupted(_signal: int, _frame: object) -> None:
    # Once: what is taken away is not broken off in its turn.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.raise_signal(signal.SIGINT)
