"""`yima clocks`: deadlines of open cases that calendars and rotas of now count otherwise; listed, moved if asked."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli.district import opened_routing
from services.cli.figures_table import COLUMNS_WITHOUT_TERMINAL
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import moment, worded, worded_lines
from services.routing.handlers.recounting import OtherDeadlines, recompute_deadlines, recounted_cases
from shared.contracts.directory import Name
from shared.contracts.routing import Clock

CLOCKS: Mapping[Clock, str] = {
    Clock.ACCEPT: "clock_accept",
    Clock.FIRST_RESPONSE: "clock_first_response",
    Clock.RESOLVE: "clock_resolve",
    Clock.VERIFY: "clock_verify",
    Clock.REPORT_IN: "clock_report_in",
    Clock.ANSWER: "clock_answer",
    Clock.FOLLOW_UP: "clock_follow_up",
}

APPLIED_EACH = 100
Apply = Annotated[bool, typer.Option("--apply", help=worded("help_clocks_apply"))]
Yes = Annotated[bool, typer.Option("--yes", help=worded("help_clocks_yes"))]

clocks_app = Commands(help=worded("help_clocks"))


@dataclass(slots=True)
class Looked:
    """How many open cases were looked at, those that would differ, and what their units are called."""

    cases: int = 0
    differing: list[OtherDeadlines] = field(default_factory=list)
    names: Mapping[str, Name] = field(default_factory=dict)


@clocks_app.callback()
def of_cases() -> None:
    """A group, so that more can come beside its one command."""


@clocks_app.command("recompute", help=help_with_example("help_clocks_recompute", "yima clocks recompute"))
def recompute(*, apply: Apply = False, yes: Yes = False, json: InJson = False) -> None:
    with refusals_in_one_line():
        looked = asyncio.run(_looked(launch_settings()))
    if not json:
        print_recounted(looked)
    changed = _changed(looked, yes=yes) if apply else 0
    if json:
        typer.echo(in_json(recounted_record(looked) | {"changed": changed}))
    elif apply:
        typer.echo(f"✓ {worded('clocks_changed', cases=changed)}")
    else:
        typer.echo(worded("clocks_nothing_changed"))


def _changed(looked: Looked, *, yes: bool) -> int:
    if looked.differing and not yes:
        typer.confirm(worded("clocks_sure", cases=len(looked.differing)), abort=True, err=True)
    with refusals_in_one_line():
        return asyncio.run(_apply(launch_settings(), looked.differing))


async def _apply(settings: LaunchSettings, differing: Sequence[OtherDeadlines]) -> int:
    """Each case by itself: broken off, it is gone on with by asking again."""
    changed = 0
    async with opened_routing(settings) as service:
        for done, case in enumerate(differing, start=1):
            changed += bool(await recompute_deadlines(service, case.case_id))
            if done % APPLIED_EACH == 0 or done == len(differing):
                typer.echo(f"… {worded('clocks_progress', done=done, cases=len(differing))}", err=True)
    return changed


async def _looked(settings: LaunchSettings) -> Looked:
    looked = Looked()
    async with opened_routing(settings) as service:
        units = (await service.rulebooks.current()).units
        looked.names = {unit.id: unit.name for unit in units.by_id.values()}
        async for cases, differing in recounted_cases(service):
            looked.cases += cases
            looked.differing += differing
            typer.echo(f"… {worded('rules_progress', tickets=looked.cases)}", err=True)
    return looked


def print_recounted(looked: Looked) -> None:
    """Each clock in a row of its own, old moment and new."""
    typer.echo(worded("clocks_looked", cases=looked.cases, differing=len(looked.differing)))
    if not looked.differing:
        return
    table = Table()
    for key in ("clocks_number", "clocks_clock", "clocks_unit", "clocks_before", "clocks_after"):
        table.add_column("\n".join(worded_lines(key)))
    rows = [(case.number, each) for case in looked.differing for each in case.clocks]
    for number, each in rows:
        name = looked.names[each.unit]
        unit = f"{name.zh} · {name.en}"
        table.add_row(number, worded(CLOCKS[each.clock]), unit, moment(each.before), moment(each.after))
    Console(width=None if sys.stdout.isatty() else COLUMNS_WITHOUT_TERMINAL, highlight=False).print(table)


def recounted_record(looked: Looked) -> dict[str, Any]:
    """The same as JSON holds it, by unit's id."""
    return {"cases": looked.cases, "differing": [_of_case(each) for each in looked.differing]}


def _of_case(case: OtherDeadlines) -> dict[str, Any]:
    clocks: Sequence[dict[str, str]] = [
        {
            "clock": each.clock.value,
            "unit": each.unit,
            "before": each.before.isoformat(),
            "after": each.after.isoformat(),
        }
        for each in case.clocks
    ]
    return {"number": case.number, "clocks": clocks}
