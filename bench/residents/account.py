"""The account of a set of tickets: what came in, what became of it everywhere, and whether it is all the same."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.wire import Wire
from shared.kernel.database import Connection
from shared.kernel.queries import Queries

SQL = Queries.load(Path(__file__).parents[1] / "sql")
FIRST_YEAR, LAST_YEAR = 2010, 2026


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Everything that is known of the messages after they came in one way.

    `repeated` are requests sent a second time under their key, which must have opened nothing.
    """

    way: str
    lines: int
    refused: Mapping[str, int]
    answered: int
    repeated: int = 0
    tickets: int
    cases: int
    by_rule: Mapping[str, int]
    messages: Mapping[str, int]
    taken_by_provider: int
    timers: int
    received_in_figures: int
    parked: int

    @property
    def sums(self) -> Mapping[str, tuple[int, int]]:
        """What must be equal, by what it says."""
        refused = sum(self.refused.values())
        return {
            "lines = answered + refused": (self.lines, self.answered + refused),
            "answered = tickets": (self.answered, self.tickets),
            "tickets = cases": (self.tickets, self.cases),
            "cases = assigned by rules": (self.cases, sum(self.by_rule.values())),
            "two messages a ticket": (2 * self.tickets, sum(self.messages.values())),
            "tickets = received in the figures": (self.tickets, self.received_in_figures),
            "nothing parked": (0, self.parked),
        }

    @property
    def wrong(self) -> list[str]:
        """Whatever is not equal; empty when nothing was lost and nothing doubled."""
        return [f"{what}: {one} and {other}" for what, (one, other) in self.sums.items() if one != other]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What was answered at the way in."""

    way: str
    lines: int
    refused: Mapping[str, int]
    answered: int
    repeated: int = 0


async def account(connection: Connection, port: int, taken: TakenIn) -> Account:
    """Count everything."""
    rules = await connection.fetch(SQL["cases_by_rule"])
    messages = await connection.fetch(SQL["messages_by_state"])
    row = await connection.fetchrow(SQL["whole_account"])
    assert row is not None  # noqa: S101 - an aggregate always gives a row.
    return Account(
        **asdict(taken),
        **row,
        by_rule={each["rule"]: each["cases"] for each in rules},
        messages={each["state"]: each["messages"] for each in messages},
        received_in_figures=await _received(port),
    )


async def _received(port: int) -> int:
    """What the figures' interface says, year by year, as a supervisor would ask."""
    wire = await Wire.connect(port)
    try:
        return sum([_received_in(await _figures(wire, year)) for year in range(FIRST_YEAR, LAST_YEAR + 1)])
    finally:
        wire.close()


async def _figures(wire: Wire, year: int) -> dict[str, Any]:
    query = f"from={year}-01-01&to={year + 1}-01-01"
    answer = await wire.ask(f"GET /api/v1/figures?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
    figures: dict[str, Any] = json.loads(answer.body)
    return figures


def _received_in(figures: dict[str, Any]) -> int:
    return int(figures["total"]["received"])


def as_text(told: Account) -> str:
    """The account as a person reads it."""
    lines = [f"{told.way}: {told.lines} lines"]
    lines += [f"  refused, {why}: {count}" for why, count in sorted(told.refused.items())]
    lines += [f"  answered: {told.answered}, and {told.repeated} sent twice", f"  tickets: {told.tickets}"]
    lines += [f"  cases: {told.cases}", *(f"    by {rule}: {count}" for rule, count in told.by_rule.items())]
    lines += [f"  messages: {sum(told.messages.values())}"]
    lines += [f"    {state}: {count}" for state, count in told.messages.items()]
    lines += [f"  taken by the provider: {told.taken_by_provider}", f"  clocks: {told.timers}"]
    lines += [f"  received in the figures: {told.received_in_figures}"]
    lines += [f"  ✗ {each}" for each in told.wrong] or ["  ✓ all equal: nothing lost, nothing doubled"]
    return "\n".join(lines)
