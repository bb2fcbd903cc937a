"""How often each rule led: what an admin looks at before a rule is changed, or one that nobody needs is taken out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.routing.handlers.service import Routing
from services.routing.queries import SQL
from shared.contracts.directory import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleHits:
    """One rule and how many reports of the period it led; without a name it is no longer in force."""

    rule: str
    name: Name | None
    hits: int
    last_at: datetime | None


async def rule_hits(service: Routing, *, since: datetime, until: datetime) -> list[RuleHits]:
    """Every rule in force, in the order in which they are asked, then those of before that led in the period."""
    rows = await service.runtime.pool.fetch(SQL["rule_hits"], since, until)
    counted = {row["rule"]: row for row in rows}
    names = {rule.id: rule.name for rule in (await service.rulebooks.current()).rules}
    return [_hits(rule, names.get(rule), counted.get(rule)) for rule in dict.fromkeys([*names, *sorted(counted)])]


def _hits(rule: str, name: Name | None, row: Any) -> RuleHits:
    return RuleHits(rule=rule, name=name, hits=row["hits"] if row else 0, last_at=row["last_at"] if row else None)
