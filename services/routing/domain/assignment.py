"""Which unit gets a report, how urgent it is and by when it must act: the rules applied to one ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.routing.domain.case.commands import Assignment
from services.routing.domain.case.state import FROM_HISTORY
from services.routing.domain.guessing import Guess
from services.routing.domain.repeats import NONE_BEFORE, Earlier
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.rules import Match, Situation, first_match
from services.routing.domain.units import Units
from shared.contracts.directory import Name, Rule
from shared.contracts.intake import Channel, StatedUrgency
from shared.contracts.messages import Message
from shared.contracts.routing import Clock, RuleTrace, Urgency, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a ticket says, its text opened for the rules that look for words."""

    place: str
    category: str | None
    channel: Channel
    text: str = field(repr=False)
    earlier: Earlier = NONE_BEFORE
    stated_urgency: StatedUrgency | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A unit that the rule calls at once, and by when it must report in."""

    unit: str
    task: Name
    report_by: datetime | None
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the rules say of a report: the assignment, whom to call, and what the case's matter needs to know."""

    assignment: Assignment
    urgency: Urgency
    area: str
    calls: tuple[Called, ...] = ()
    templates: Mapping[Message, str] = field(default_factory=dict)
    guess: Guess | None = None


def choose(rulebook: Rulebook, report: Report) -> Chosen:
    """The assignment by the first rule that matches.

    Raises:
        PlaceUnknownError: the place has no record.
        NoRuleMatchesError: no rule matches.
    """
    place, guess = rulebook.place(report.place), guessed(rulebook, report)
    situation = Situation(
        categories=rulebook.category_path(guess.category if guess else report.category),
        areas=place.path,
        channel=report.channel,
        text=report.text,
        groups=place.groups,
        earlier=report.earlier,
        stated_urgency=report.stated_urgency,
        at=report.at,
    )
    match = first_match(rulebook.prepared, situation, units=rulebook.units, edition=rulebook.edition)
    terms = match.rule.terms
    due = rulebook.units.opening_deadlines(terms, unit=match.unit, start=report.at)
    assignment = Assignment(
        unit=match.unit,
        trace=match.trace,
        deadlines=due,
        terms=terms,
        verification=_verification(rulebook.units, match.rule, place.path),
        follow_ups=match.rule.follow_ups,
    )
    calls = _calls(rulebook.units, match, areas=place.path, at=report.at)
    return Chosen(
        assignment=assignment,
        urgency=match.rule.urgency,
        area=place.area,
        calls=calls,
        templates=match.rule.templates,
        guess=guess,
    )


def guessed(rulebook: Rulebook, report: Report) -> Guess | None:
    """What the district's words say of a report without a category; of the past nothing is made up."""
    guessable = report.category is None and report.channel is not Channel.IMPORT
    return rulebook.guess(report.text) if guessable else None


def _calls(units: Units, match: Match, *, areas: tuple[str, ...], at: datetime) -> tuple[Called, ...]:
    """Whom the rule calls here, each unit once and never the one that leads."""
    found = {units.unit_for(call.unit, areas): call.task for call in reversed(match.rule.whistle)}
    called = [(unit, task) for unit, task in reversed(found.items()) if unit is not None and unit != match.unit]
    runs = [units.run(match.rule.terms, Clock.REPORT_IN, unit=unit, start=at) for unit, _ in called]
    return tuple(
        Called(unit=unit, task=task, report_by=run.until, warnings=run.warnings)
        for (unit, task), run in zip(called, runs, strict=True)
    )


def _verification(units: Units, rule: Rule, areas: tuple[str, ...]) -> Verification | None:
    """What the rule asks, with the unit that verifies at this place."""
    asked = rule.verification
    if asked is None or asked.unit is None:
        return asked
    return asked.model_copy(update={"unit": units.unit_for(asked.unit, areas)})


def choose_for_history(rulebook: Rulebook, report: Report, *, handled_by: str | None) -> Chosen:
    """The assignment of an imported ticket: to the unit that its row names, otherwise by the rules.

    Terms and urgency come from the rules in both cases, so that deadlines are worked out as of then.
    """
    chosen = choose(rulebook, report)
    if handled_by is None or handled_by not in rulebook.units.by_id:
        return chosen
    terms = chosen.assignment.terms
    assignment = Assignment(
        unit=handled_by,
        trace=RuleTrace(rule=FROM_HISTORY, directory_version=rulebook.edition),
        deadlines=rulebook.units.opening_deadlines(terms, unit=handled_by, start=report.at),
        terms=terms,
    )
    return replace(chosen, assignment=assignment)
