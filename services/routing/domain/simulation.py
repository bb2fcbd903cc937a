"""What other rules would have said of tickets that came: units, deadlines and load, before anything is published."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.routing.domain.assignment import Report, choose
from services.routing.domain.errors import RoutingError
from services.routing.domain.rulebook import Rulebook
from shared.contracts.routing import Deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What rules say of a ticket."""

    rule: str
    unit: str
    deadlines: Deadlines

    @property
    def due(self) -> tuple[datetime | None, datetime | None]:
        """By when it is to be accepted and resolved, whatever reminds of it on the way."""
        return self.deadlines.accept_by, self.deadlines.resolve_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A ticket as it was reported, and what was decided of it first; `is_readable` is false once it was erased.

    `by_rules` is false where the imported row named the unit itself.
    """

    number: str
    report: Report = field(repr=False)
    decided: Decision
    is_readable: bool = True
    by_rules: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A ticket of which the other rules say something else; nothing where they say nothing at all."""

    number: str
    before: Decision
    after: Decision | None

    @property
    def moves(self) -> bool:
        """Whether it would have gone to another unit."""
        return self.after is not None and self.after.unit != self.before.unit

    @property
    def is_retimed(self) -> bool:
        """Whether it would have had other deadlines."""
        return self.after is not None and self.after.due != self.before.due


@dataclass(slots=True)
class Simulation:
    """What came of it.

    `unreadable` tickets were left out: their words are gone, and rules look at words. So were those whose unit no rule
    had chosen.
    """

    tickets: int = 0
    unreadable: int = 0
    not_by_rules: int = 0
    differing: list[Differing] = field(default_factory=list)
    load_before: Counter[str] = field(default_factory=Counter)
    load_after: Counter[str] = field(default_factory=Counter)

    @property
    def undecided(self) -> int:
        """Tickets that no rule would match, or whose place the other file has not."""
        return sum(each.after is None for each in self.differing)

    def add(self, rulebook: Rulebook, tickets: Iterable[Past]) -> None:
        """Ask the other rules about more tickets."""
        for past in tickets:
            self.tickets += 1
            if not past.by_rules:
                self.not_by_rules += 1
            elif not past.is_readable:
                self.unreadable += 1
            else:
                self._compare(past, _decision(rulebook, past.report))

    def _compare(self, past: Past, after: Decision | None) -> None:
        self.load_before[past.decided.unit] += 1
        if after is not None:
            self.load_after[after.unit] += 1
        if after != past.decided:
            self.differing.append(Differing(number=past.number, before=past.decided, after=after))


def _decision(rulebook: Rulebook, report: Report) -> Decision | None:
    try:
        chosen = choose(rulebook, report).assignment
    except RoutingError:
        return None
    return Decision(rule=chosen.trace.rule, unit=chosen.unit, deadlines=chosen.deadlines)
