"""`yima rules`: why a ticket is where it is, and what a district file would have made of recorded ones."""

import asyncio
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.clocks import CLOCKS
from services.cli.district import DistrictFile, applicable_district, opened_routing
from services.cli.errors import BadDayError, NoSuchTicketError, WhichTicketsError
from services.cli.framing import Commands
from services.cli.options import InJson, help_with_example
from services.cli.rule_hits_table import hits_record, print_hits
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.simulation_report import print_simulation, simulation_record
from services.cli.terminal import in_json, refusals_in_one_line
from services.cli.trial_file import try_on_file
from services.cli.wording import SHANGHAI, moment, worded
from services.routing.domain.case.state import BY_DISTRICT, BY_HAND, FROM_HISTORY
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.deadlines import CountedIn, counted_in
from services.routing.domain.district import District
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.domain.simulation import Simulation
from services.routing.handlers.rule_hits import RuleHits, rule_hits
from services.routing.handlers.rules import Explained, explain, simulate
from shared.contracts.routing import Term
from shared.kernel.clock import SystemClock

# What did not hold, where the condition's name in the file does not say it.
IN_WORDS = {"urgency_stated": "rules_urgency_not_stated"}
# A month and a day, so that a rule for the month's last day has had its chance.
HITS_DAYS = 32
# How an assignment reads that no rule made.
ASSIGNED_BY = {BY_HAND: "rules_by_hand", BY_DISTRICT: "rules_by_district", FROM_HISTORY: "rules_from_history"}
COUNTED_IN = {
    CountedIn.DAYS: "term_days",
    CountedIn.HOURS: "term_hours",
    CountedIn.DUTY: "term_duty",
    CountedIn.ROUND_THE_CLOCK: "term_round_the_clock",
}

rules_app = Commands(help=worded("help_rules"))


@rules_app.command("explain", help=help_with_example("help_rules_explain", "yima rules explain 204815736"))
def explain_ticket(
    number: Annotated[str, typer.Argument(help=worded("help_ticket_number"), show_default=False)], json: InJson = False
) -> None:
    with refusals_in_one_line():
        assignments = asyncio.run(_explained(launch_settings(), number.replace(" ", "")))
    if json:
        typer.echo(in_json({"assignments": [explained_record(each) for each in assignments]}))
    else:
        typer.echo("\n".join(line for each in assignments for line in explained_lines(each)))


Against = Annotated[
    Path | None, typer.Option("--against", help=worded("help_rules_against"), show_default=False, readable=False)
]
Over = Annotated[
    Path | None, typer.Option("--over", help=worded("help_rules_over"), show_default=False, readable=False)
]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", help=worded("help_import_mapping"), show_default=False, readable=False)
]


@rules_app.command(
    "simulate", help=help_with_example("help_rules_simulate", "yima rules simulate --since 2026-04-01 my-district.yaml")
)
def simulate_rules(
    file: DistrictFile,
    since: Annotated[str | None, typer.Option(help=worded("help_rules_since"), show_default=False)] = None,
    against: Against = None,
    over: Over = None,
    mapping: MappingFile = None,
    json: InJson = False,
) -> None:
    with refusals_in_one_line():
        if since is not None and over is not None:
            raise WhichTicketsError
        district = applicable_district(file)
        other = applicable_district(against) if against else None
        begins = _day(since) if since else None
        outcome = asyncio.run(_simulated(launch_settings(), district, other, over=(over, mapping), since=begins))
    if json:
        typer.echo(in_json(simulation_record(outcome)))
    else:
        print_simulation(outcome, file=file.name)


@rules_app.command("hits", help=help_with_example("help_rules_hits", "yima rules hits --since 2026-04-01"))
def count_hits(
    since: Annotated[str | None, typer.Option(help=worded("help_rules_hits_since"), show_default=False)] = None,
    until: Annotated[str | None, typer.Option(help=worded("help_rules_hits_until"), show_default=False)] = None,
    json: InJson = False,
) -> None:
    now = SystemClock().now()
    with refusals_in_one_line():
        begins = _day(since) if since else now - timedelta(days=HITS_DAYS)
        ends = _day(until) if until else now
        counted = asyncio.run(_hits(launch_settings(), begins, ends))
    if json:
        typer.echo(in_json(hits_record(counted, since=begins, until=ends)))
    else:
        print_hits(counted, since=begins, until=ends)


async def _hits(settings: LaunchSettings, since: datetime, until: datetime) -> list[RuleHits]:
    async with opened_routing(settings) as service:
        return await rule_hits(service, since=since, until=until)


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


async def _simulated(
    settings: LaunchSettings,
    district: District,
    against: District | None,
    *,
    over: tuple[Path | None, Path | None],
    since: datetime | None,
) -> Simulation:
    file, mapping = over
    if since is not None:
        return await _simulated_on_record(settings, district, against, since=since)
    if file is None:
        raise WhichTicketsError
    if against is not None:
        return try_on_file(file, mapping, before=rulebook_of(against), after=rulebook_of(district))
    async with opened_routing(settings) as service:
        return try_on_file(file, mapping, before=await service.rulebooks.current(), after=rulebook_of(district))


async def _simulated_on_record(
    settings: LaunchSettings, district: District, against: District | None, *, since: datetime
) -> Simulation:
    outcome = Simulation()
    async with opened_routing(settings) as service:
        async for outcome in simulate(service, district, since=since, against=against):
            typer.echo(f"… {worded('rules_progress', tickets=outcome.tickets)}", err=True)
    return outcome


def explained_lines(explained: Explained) -> list[str]:
    """One assignment as it is read: who got it and by what, the earlier rules, the rule, its wordings."""
    at = moment(explained.at)
    name = explained.rule_name.zh if explained.rule_name else explained.rule
    told = ASSIGNED_BY.get(explained.rule, "rules_assigned")
    head = worded(told, at=at, unit=explained.unit, rule=name, edition=explained.edition)
    passed = [f"  ✗ {rule}: {_in_words(condition)}" for rule, condition in explained.passed_over]
    held = [] if explained.rule in ASSIGNED_BY else [f"  ✓ {explained.rule}"]
    words = [f"  {worded('rules_worded')} {message}: {template}" for message, template in explained.templates.items()]
    return [head, *passed, *held, *map(_of_term, explained.terms), *words]


def _of_term(term: Term) -> str:
    counted = worded(COUNTED_IN[counted_in(term)], count=term.working_days or term.minutes)
    return f"  {worded(CLOCKS[term.clock])}: {counted}"


def _in_words(condition: str) -> str:
    return worded(IN_WORDS[condition]) if condition in IN_WORDS else condition


def explained_record(explained: Explained) -> dict[str, Any]:
    """One assignment as JSON holds it."""
    moments = {
        "at": explained.at,
        "accept_by": explained.accept_by,
        "first_response_by": explained.first_response_by,
        "resolve_by": explained.resolve_by,
    }
    return {
        **asdict(explained),
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        "rule_name": explained.rule_name.model_dump() if explained.rule_name else None,
        "terms": [term.model_dump(mode="json") for term in explained.terms],
        "passed_over": [{"rule": rule, "condition": condition} for rule, condition in explained.passed_over],
    }
