"""`yima rules`: why a ticket is where it is, and what a district file would have made of recorded ones."""

import asyncio
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli.district import SHANGHAI, DistrictFile, opened_routing, publishable_district
from services.cli.errors import BadDayError, NoSuchTicketError
from services.cli.options import InJson, help_with_example
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.wording import worded
from services.routing.domain.district import District
from services.routing.domain.errors import CaseUnknownError
from services.routing.domain.simulation import Decision, Differing, Simulation
from services.routing.handlers.rules import Explained, explain, simulate

SHOWN_MAX = 50

rules_app = typer.Typer(help=worded("help_rules"), no_args_is_help=True)


@rules_app.command("explain", help=help_with_example("help_rules_explain", "yima rules explain 204815736"))
def explain_ticket(
    number: Annotated[str, typer.Argument(help=worded("help_ticket_number"), show_default=False)], json: InJson = False
) -> None:
    with refusals_in_one_line():
        assignments = asyncio.run(_explained(launch_settings(), number.replace(" ", "")))
    if json:
        typer.echo(in_json({"assignments": [explained_record(each) for each in assignments]}))
    else:
        typer.echo("\n".join(line for each in assignments for line in _explained_lines(each)))


@rules_app.command(
    "simulate", help=help_with_example("help_rules_simulate", "yima rules simulate --since 2026-04-01 my-district.yaml")
)
def simulate_rules(
    file: DistrictFile,
    since: Annotated[str, typer.Option(help=worded("help_rules_since"), show_default=False)],
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        begins, district = _day(since), publishable_district(file)
        outcome = asyncio.run(_simulated(launch_settings(), district, begins))
    if json:
        typer.echo(in_json(_record(outcome)))
    else:
        _print(outcome, file)


def _day(written: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(written), time(), SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadDayError(written) from None


async def _explained(settings: LaunchSettings, number: str) -> list[Explained]:
    async with opened_routing(settings) as service:
        try:
            return await explain(service, number)
        except CaseUnknownError:
            raise NoSuchTicketError(number) from None


async def _simulated(settings: LaunchSettings, district: District, since: datetime) -> Simulation:
    outcome = Simulation()
    async with opened_routing(settings) as service:
        async for outcome in simulate(service, district, since=since):
            typer.echo(f"… {worded('rules_progress', tickets=outcome.tickets)}", err=True)
    return outcome


def _explained_lines(explained: Explained) -> list[str]:
    at = explained.at.astimezone(SHANGHAI).isoformat(timespec="minutes")
    name = explained.rule_name.zh if explained.rule_name else explained.rule
    head = worded("rules_assigned", at=at, unit=explained.unit, rule=name, edition=explained.edition)
    passed = [f"  ✗ {rule}: {condition}" for rule, condition in explained.passed_over]
    return [head, *passed, f"  ✓ {explained.rule}"]


def explained_record(explained: Explained) -> dict[str, Any]:
    """One assignment as JSON holds it."""
    moments = {"at": explained.at, "accept_by": explained.accept_by, "resolve_by": explained.resolve_by}
    return {
        **asdict(explained),
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "rule_name": explained.rule_name.model_dump() if explained.rule_name else None,
        "passed_over": [{"rule": rule, "condition": condition} for rule, condition in explained.passed_over],
    }


def _print(outcome: Simulation, file: Path) -> None:
    moved = sum(each.moves for each in outcome.differing)
    retimed = sum(each.is_retimed for each in outcome.differing)
    typer.echo(worded("rules_compared", tickets=outcome.tickets, file=file.name))
    typer.echo(worded("rules_differing", moved=moved, retimed=retimed, undecided=outcome.undecided))
    if outcome.unreadable or outcome.not_by_rules:
        typer.echo(worded("rules_left_out", unreadable=outcome.unreadable, by_hand=outcome.not_by_rules))
    console = Console(soft_wrap=True)
    console.print(_load_table(outcome))
    shown = [each for each in outcome.differing if each.moves or each.is_retimed or each.after is None]
    if shown:
        console.print(_differing_table(shown[:SHOWN_MAX]))
    if len(shown) > SHOWN_MAX:
        typer.echo(worded("rules_more", count=len(shown) - SHOWN_MAX))


def _load_table(outcome: Simulation) -> Table:
    table = Table(title=worded("rules_load"))
    for key in ("rules_unit", "rules_before", "rules_after", "rules_change"):
        table.add_column(worded(key), justify="left" if key == "rules_unit" else "right")
    for unit in sorted(outcome.load_before | outcome.load_after):
        before, after = outcome.load_before[unit], outcome.load_after[unit]
        table.add_row(unit, str(before), str(after), f"{after - before:+d}" if after != before else "")
    return table


def _differing_table(differing: list[Differing]) -> Table:
    table = Table(title=worded("rules_tickets"))
    for key in ("rules_number", "rules_before", "rules_after"):
        table.add_column(worded(key))
    for each in differing:
        table.add_row(each.number, _told(each.before), _told(each.after))
    return table


def _told(decision: Decision | None) -> str:
    if decision is None:
        return worded("rules_none")
    due = decision.deadlines.resolve_by
    when = due.astimezone(SHANGHAI).isoformat(timespec="minutes") if due else "–"
    return f"{decision.unit} ({decision.rule}) {when}"


def _record(outcome: Simulation) -> dict[str, Any]:
    return {
        "tickets": outcome.tickets,
        "unreadable": outcome.unreadable,
        "not_by_rules": outcome.not_by_rules,
        "moved": sum(each.moves for each in outcome.differing),
        "retimed": sum(each.is_retimed for each in outcome.differing),
        "undecided": outcome.undecided,
        "load": {
            unit: {"before": outcome.load_before[unit], "after": outcome.load_after[unit]}
            for unit in sorted(outcome.load_before | outcome.load_after)
        },
        "differing": [
            {"number": each.number, "before": _decided(each.before), "after": _decided(each.after)}
            for each in outcome.differing
        ],
    }


def _decided(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "rule": decision.rule,
        "unit": decision.unit,
        **decision.deadlines.model_dump(mode="json", include={"accept_by", "resolve_by"}),
    }
