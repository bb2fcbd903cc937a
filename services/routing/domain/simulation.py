"""What other rules would say of tickets that came: units, deadlines and whistles, before anything is published."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.routing.domain.assignment import Report, choose
from services.routing.domain.errors import RoutingError
from services.routing.domain.rulebook import Rulebook
from shared.contracts.directory import Name
from shared.contracts.intake import Channel
from shared.contracts.messages import Message
from shared.contracts.routing import Deadlines


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What rules say of a ticket: whom it goes to, by when, whom they call at once, whose words its messages have."""

    rule: str
    unit: str
    deadlines: Deadlines
    calls: tuple[str, ...] = ()
    templates: Mapping[Message, str] = field(default_factory=dict)

    @property
    def due(self) -> dict[str, datetime | None]:
        """By when it is to be accepted, first responded to and resolved, whatever reminds of it on the way."""
        due = self.deadlines
        return {"accept": due.accept_by, "first_response": due.first_response_by, "resolve": due.resolve_by}

    def is_like(self, other: "Decision") -> bool:
        """Whether nothing that is compared differs."""
        return (self.rule, self.unit, self.due, set(self.calls), self.templates) == (
            other.rule,
            other.unit,
            other.due,
            set(other.calls),
            other.templates,
        )


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
    """A ticket of which the other rules say something else; nothing where one of the two says nothing at all."""

    number: str
    before: Decision | None
    after: Decision | None

    @property
    def moves(self) -> bool:
        """Whether it would have gone to another unit."""
        return bool(self.before and self.after and self.after.unit != self.before.unit)

    @property
    def is_retimed(self) -> bool:
        """Whether it would have had other deadlines."""
        return bool(self.before and self.after and self.after.due != self.before.due)

    @property
    def calls_others(self) -> bool:
        """Whether others would have been called to it at once."""
        return bool(self.before and self.after and set(self.after.calls) != set(self.before.calls))

    @property
    def is_reworded(self) -> bool:
        """Whether its messages would have been said by other templates."""
        return bool(self.before and self.after and self.after.templates != self.before.templates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people call units and rules, the newer name where there are two."""

    units: Mapping[str, Name] = field(default_factory=dict)
    rules: Mapping[str, Name] = field(default_factory=dict)


def names_in(*rulebooks: Rulebook) -> Names:
    """Names from these rulebooks, the newest last."""
    return Names(
        units={unit.id: unit.name for rulebook in rulebooks for unit in rulebook.units.by_id.values()},
        rules={rule.id: rule.name for rulebook in rulebooks for rule in rulebook.rules},
    )


@dataclass(slots=True)
class Simulation:
    """What came of it.

    `unreadable` tickets were left out: their words are gone, and rules look at words. So were those whose unit no rule
    had chosen. `stating_urgency` counts the tickets whose report stated one, which the rules `asking_urgency` need.
    """

    names: Names = field(default_factory=Names)
    tickets: int = 0
    unreadable: int = 0
    not_by_rules: int = 0
    stating_urgency: int = 0
    asking_urgency: set[str] = field(default_factory=set)
    differing: list[Differing] = field(default_factory=list)
    load_before: Counter[str] = field(default_factory=Counter)
    load_after: Counter[str] = field(default_factory=Counter)
    calls_before: Counter[str] = field(default_factory=Counter)
    calls_after: Counter[str] = field(default_factory=Counter)

    @property
    def undecided(self) -> int:
        """Tickets that no rule would match, or whose place the other file has not."""
        return sum(each.after is None for each in self.differing)

    def add(self, rulebook: Rulebook, tickets: Iterable[Past]) -> None:
        """Ask the other rules about more tickets that were decided."""
        self.asking_urgency |= rulebook.rules_by_urgency
        for past in tickets:
            self._count(past.report)
            if not past.by_rules:
                self.not_by_rules += 1
            elif not past.is_readable:
                self.unreadable += 1
            else:
                self._compare(past.number, past.decided, _now(rulebook, past.report))

    def leave_out(self, unreadable: int) -> None:
        """So many tickets whose words are gone."""
        self.tickets += unreadable
        self.unreadable += unreadable

    def compare(self, before: Rulebook, after: Rulebook, asked: Iterable[tuple[str, Report, Report]]) -> None:
        """Ask both about more tickets, by their number; each has its own count of what a ticket repeats."""
        self.asking_urgency |= after.rules_by_urgency
        for number, report, same in asked:
            self._count(report)
            self._compare(number, decision(before, report), decision(after, same))

    def _count(self, report: Report) -> None:
        self.tickets += 1
        self.stating_urgency += report.stated_urgency is not None

    def _compare(self, number: str, before: Decision | None, after: Decision | None) -> None:
        for decided, load, calls in (
            (before, self.load_before, self.calls_before),
            (after, self.load_after, self.calls_after),
        ):
            if decided is not None:
                load[decided.unit] += 1
                calls.update(decided.calls)
        alike = before.is_like(after) if before and after else before is after
        if not alike:
            self.differing.append(Differing(number=number, before=before, after=after))


def decision(rulebook: Rulebook, report: Report) -> Decision | None:
    """What these rules say of a report; nothing where none matches, or the place is unknown to them."""
    try:
        chosen = choose(rulebook, report)
    except RoutingError:
        return None
    assignment = chosen.assignment
    return Decision(
        rule=assignment.trace.rule,
        unit=assignment.unit,
        deadlines=assignment.deadlines,
        calls=tuple(call.unit for call in chosen.calls),
        templates=chosen.templates,
    )


def _now(rulebook: Rulebook, report: Report) -> Decision | None:
    """As a ticket that came so would be decided: to imported ones nobody was called, and nobody would be."""
    decided = decision(rulebook, report)
    return replace(decided, calls=()) if decided and report.channel is Channel.IMPORT else decided
