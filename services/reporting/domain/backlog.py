"""Backlog: what is open at the end of the period, how much of it is overdue, and how often the ladder was climbed.

How many came in, and how many of these follow another, stand beside it.

Imported history without an outcome is open, and outside the clocks: never overdue. Source: docs/domain.md.
"""

from dataclasses import dataclass

from services.reporting.domain.definition import Definition, Part
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

RECEIVED = Definition(
    id="received",
    name=Name(zh="受理", en="received"),
    formula="tickets that were reported in the period, imported ones by the date that they bring along",
    numerator=Part(words="tickets reported in the period", names=("received",)),
    exclusions="None: a ticket that was merged is one, too.",
    period="the report",
)
MERGED = Definition(
    id="merged",
    name=Name(zh="其中并案", en="merged"),
    formula="received tickets that follow another: as many troubles fewer than tickets",
    numerator=Part(words="tickets reported in the period and merged by its end", names=("merged",)),
    exclusions="None.",
    period="the report",
)
SPLIT_OFF = Definition(
    id="split_off",
    name=Name(zh="其中拆分", en="split off"),
    formula="received tickets that staff split off another: as many tickets more than reports",
    numerator=Part(words="tickets split off in the period", names=("split_off",)),
    exclusions="None.",
    period="the split",
)
OPEN = Definition(
    id="open",
    name=Name(zh="期末未结", en="open"),
    formula="cases that are not closed at the period's end",
    numerator=Part(words="cases not closed, late or not", names=("open",)),
    exclusions="None.",
    period="the period's end",
    of_what_is_open=True,
)
OVERDUE = Definition(
    id="overdue",
    name=Name(zh="超期未结", en="overdue backlog"),
    formula="cases that are open past their resolve deadline at the period's end",
    numerator=Part(words="open and past the deadline", names=("overdue_open",)),
    exclusions="No SLA; suspended at the period's end; history without an outcome.",
    period="the period's end",
    of_what_is_open=True,
)
ESCALATIONS = Definition(
    id="escalations",
    name=Name(zh="升级次数", en="escalations"),
    formula="how often the ladder told a next level in the period, for the unit below it",
    numerator=Part(words="steps of the ladder", names=("escalations",)),
    exclusions="None.",
    period="the escalation",
)
FIGURES = (RECEIVED, MERGED, SPLIT_OFF, OPEN, OVERDUE, ESCALATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is left to do."""

    open: int
    overdue: int
    escalations: int


def backlog(tally: Tally) -> Backlog:
    """What is left of a group's cases."""
    return Backlog(open=tally.open, overdue=tally.overdue_open, escalations=tally.escalations)
