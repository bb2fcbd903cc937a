"""What `yima rules simulate` found, as tables and as JSON: load of units, whistles, and tickets by how they differ."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.figures_table import COLUMNS_WITHOUT_TERMINAL
from services.cli.wording import worded, worded_lines
from services.routing.domain.simulation import Decision, Differing, Names, Simulation
from shared.contracts.directory import Name

GROUPS_MAX = 30
NUMBERS_MAX = 3
NOBODY = "–"


def print_simulation(outcome: Simulation, *, file: str) -> None:
    """The tables, and above them how many tickets were looked at and how many differ."""
    console = Console(width=None if sys.stdout.isatty() else COLUMNS_WITHOUT_TERMINAL, highlight=False)
    console.print("\n".join(_lines(outcome, file)))
    console.print(_load_table("rules_load", outcome.names, outcome.load_before, outcome.load_after))
    if outcome.calls_before or outcome.calls_after:
        console.print(_load_table("rules_calls", outcome.names, outcome.calls_before, outcome.calls_after))
    groups = _groups(outcome.differing)
    if groups:
        console.print(_differing_table(outcome.names, groups[:GROUPS_MAX]))
    if len(groups) > GROUPS_MAX:
        console.print(worded("rules_more", count=sum(len(numbers) for *_, numbers in groups[GROUPS_MAX:])))


def _lines(outcome: Simulation, file: str) -> list[str]:
    differing = outcome.differing
    lines = [
        worded("rules_compared", tickets=outcome.tickets, file=file),
        worded(
            "rules_differing",
            moved=sum(each.moves for each in differing),
            retimed=sum(each.is_retimed for each in differing),
            calling=sum(each.calls_others for each in differing),
            reworded=sum(each.is_reworded for each in differing),
            undecided=outcome.undecided,
        ),
        worded("rules_retimed", **_retimed(differing)),
    ]
    if outcome.unreadable or outcome.not_by_rules:
        lines.append(worded("rules_left_out", unreadable=outcome.unreadable, by_hand=outcome.not_by_rules))
    # Else who tries such a rule on a table reads "no difference" as "no such reports".
    if outcome.tickets and outcome.asking_urgency and not outcome.stating_urgency:
        lines.append(worded("rules_no_urgency", rules=", ".join(sorted(outcome.asking_urgency))))
    return lines


def _retimed(differing: Iterable[Differing]) -> dict[str, int]:
    """How many would have had to be accepted, first or by their unit, or resolved, sooner and later; none is latest."""
    pairs = [(each.before.due, each.after.due) for each in differing if each.before and each.after]
    counts: dict[str, int] = {}
    for clock in ("accept", "first_response", "resolve"):
        signs = [_sign(before[clock], after[clock]) for before, after in pairs]
        counts |= {f"{clock}_sooner": signs.count(-1), f"{clock}_later": signs.count(1)}
    return counts


def _sign(before: datetime | None, after: datetime | None) -> int:
    if before == after:
        return 0
    return 1 if after is None or (before is not None and after > before) else -1


def _load_table(title: str, names: Names, before: Counter[str], after: Counter[str]) -> Table:
    table = Table(title=worded(title))
    for key in ("rules_unit", "rules_before", "rules_after", "rules_change"):
        table.add_column("\n".join(worded_lines(key)), justify="left" if key == "rules_unit" else "right")
    for unit in sorted(before | after):
        change = after[unit] - before[unit]
        table.add_row(_name(names.units, unit), str(before[unit]), str(after[unit]), f"{change:+d}" if change else "")
    return table


Told = tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]] | None
Group = tuple[Told, Told, list[str]]


def _groups(differing: Iterable[Differing]) -> list[Group]:
    """Tickets of which the same is said before and after, the most first."""
    numbers: dict[tuple[Told, Told], list[str]] = {}
    for each in differing:
        numbers.setdefault((_told(each.before), _told(each.after)), []).append(each.number)
    return [(before, after, found) for (before, after), found in sorted(numbers.items(), key=lambda it: -len(it[1]))]


def _told(decision: Decision | None) -> Told:
    if decision is None:
        return None
    return decision.rule, decision.unit, tuple(sorted(decision.calls)), tuple(sorted(decision.templates.items()))


def _differing_table(names: Names, groups: Iterable[Group]) -> Table:
    table = Table(title=worded("rules_tickets"), show_lines=True)
    for key in ("rules_count", "rules_before", "rules_after", "rules_numbers"):
        table.add_column("\n".join(worded_lines(key)), justify="right" if key == "rules_count" else "left")
    for before, after, numbers in groups:
        shown = "\n".join([*numbers[:NUMBERS_MAX], *(["…"] if len(numbers) > NUMBERS_MAX else [])])
        table.add_row(str(len(numbers)), _said(names, before), _said(names, after), shown)
    return table


def _said(names: Names, told: Told) -> str:
    if told is None:
        return worded("rules_none")
    rule, unit, calls, templates = told
    called = [f"{worded('rules_called')} {_name(names.units, each)}" for each in calls]
    words = [f"{worded('rules_worded')} {message}: {template}" for message, template in templates]
    return "\n".join([_name(names.rules, rule), f"→ {_name(names.units, unit)}", *called, *words])


def _name(names: Mapping[str, Name], id_: str) -> str:
    """What people call it; by its id alone where neither file knows it any more."""
    name = names.get(id_)
    return f"{name.zh} · {name.en}" if name else id_


def simulation_record(outcome: Simulation) -> dict[str, Any]:
    """All of it as JSON holds it: ids, and once the names that they stand for."""
    units = sorted(outcome.load_before | outcome.load_after | outcome.calls_before | outcome.calls_after)
    rules = {each.rule for pair in outcome.differing for each in (pair.before, pair.after) if each}
    return {
        "tickets": outcome.tickets,
        "unreadable": outcome.unreadable,
        "not_by_rules": outcome.not_by_rules,
        "stating_urgency": outcome.stating_urgency,
        "asking_urgency": sorted(outcome.asking_urgency),
        "moved": sum(each.moves for each in outcome.differing),
        "retimed": sum(each.is_retimed for each in outcome.differing),
        **_retimed(outcome.differing),
        "calling_others": sum(each.calls_others for each in outcome.differing),
        "reworded": sum(each.is_reworded for each in outcome.differing),
        "undecided": outcome.undecided,
        "load": _by_unit(outcome.load_before, outcome.load_after),
        "calls": _by_unit(outcome.calls_before, outcome.calls_after),
        "names": {"units": _named(outcome.names.units, units), "rules": _named(outcome.names.rules, sorted(rules))},
        "differing": [
            {"number": each.number, "before": _decided(each.before), "after": _decided(each.after)}
            for each in outcome.differing
        ],
    }


def _by_unit(before: Counter[str], after: Counter[str]) -> dict[str, dict[str, int]]:
    return {unit: {"before": before[unit], "after": after[unit]} for unit in sorted(before | after)}


def _named(names: Mapping[str, Name], ids: Iterable[str]) -> dict[str, dict[str, str]]:
    return {id_: names[id_].model_dump() for id_ in ids if id_ in names}


def _decided(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "rule": decision.rule,
        "unit": decision.unit,
        **decision.deadlines.model_dump(mode="json", include={"accept_by", "first_response_by", "resolve_by"}),
        "calls": list(decision.calls),
        "templates": dict(decision.templates),
    }
