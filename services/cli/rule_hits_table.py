"""How often each rule led, as a table and as JSON; those that never did are named."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.figures_table import COLUMNS_WITHOUT_TERMINAL
from services.cli.wording import moment, worded, worded_lines
from services.routing.handlers.rule_hits import RuleHits


def print_hits(counted: Sequence[RuleHits], *, since: datetime, until: datetime) -> None:
    """The rules in the order in which they are asked; then which of them led to nothing."""
    console = Console(width=None if sys.stdout.isatty() else COLUMNS_WITHOUT_TERMINAL, highlight=False)
    table = Table(title=worded("hits_title", since=moment(since), until=moment(until)))
    for key in ("hits_rule", "hits_count", "hits_last"):
        table.add_column("\n".join(worded_lines(key)), justify="right" if key == "hits_count" else "left")
    for each in counted:
        table.add_row(_named(each), str(each.hits), moment(each.last_at) if each.last_at else "")
    console.print(table)
    never = _never(counted)
    console.print(worded("hits_never", rules=", ".join(never)) if never else worded("hits_all"))


def _named(each: RuleHits) -> str:
    return f"{each.name.zh} · {each.name.en} ({each.rule})" if each.name else f"{each.rule} ({worded('hits_gone')})"


def _never(counted: Iterable[RuleHits]) -> list[str]:
    return [each.rule for each in counted if not each.hits]


def hits_record(counted: Sequence[RuleHits], *, since: datetime, until: datetime) -> dict[str, Any]:
    """The same as JSON holds it; a rule without a name is not in force any more."""
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "rules": [
            {
                "rule": each.rule,
                "name": each.name.model_dump() if each.name else None,
                "in_force": each.name is not None,
                "hits": each.hits,
                "last_at": each.last_at.isoformat() if each.last_at else None,
            }
            for each in counted
        ],
        "never": _never(counted),
    }
