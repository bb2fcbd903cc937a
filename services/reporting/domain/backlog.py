"""Backlog: what is open at the end of the period, how much of it is overdue, and how often the ladder was climbed.

Imported history without an outcome is open, and outside the clocks: never overdue. Source: docs/domain.md.
"""

from dataclasses import dataclass

from services.reporting.domain.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is left to do."""

    open: int
    overdue: int
    escalations: int


def backlog(tally: Tally) -> Backlog:
    """What is left of a group's cases."""
    return Backlog(open=tally.open, overdue=tally.overdue_open, escalations=tally.escalations)
