"""Rules that cannot do what they are for: never reached, without unit or clock, or not true of their own examples."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from services.routing.domain.checks.finding import Finding, Severity, Step
from services.routing.domain.checks.reaching import reach
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.checks.shadowing import contradicts_itself, taken_before
from services.routing.domain.district import District
from services.routing.domain.errors.directory import NoRuleMatchesError
from services.routing.domain.repeats import Earlier
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.rules import Situation, first_match
from services.routing.domain.units import relation_in
from shared.contracts.directory import Conditions, Rule, RuleCall, RuleExample
from shared.contracts.intake import Channel
from shared.contracts.routing import Clock, Term

# A Monday; examples are tried in the week after it, at the first full hour that suits their rule.
WEEK_OF_EXAMPLES = datetime(2026, 3, 9, tzinfo=UTC)
NOTHING_MATCHES = "-"


def last_rule_not_catching_all(district: District) -> Iterator[Finding]:
    """The last rule takes whatever is left, so it has no condition."""
    rules = rulebook_of(district).rules
    if rules[-1].when != Conditions():
        params = {"id": rules[-1].id}
        yield Finding(path=("rules", len(rules) - 1, "when"), kind="last_rule_not_catching_all", params=params)


def rules_that_never_match(district: District) -> Iterator[Finding]:
    """One or several earlier rules take every report that would match, or the conditions exclude each other."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        earlier = taken_before(rule, rulebook.rules[:position], district)
        if earlier:
            params = {"id": rule.id, "earlier": ", ".join(earlier)}
            yield Finding(path=("rules", position), kind="rule_never_matches", params=params)
        elif contradicts_itself(rule.when):
            yield Finding(path=("rules", position, "when"), kind="rule_contradicts_itself", params={"id": rule.id})


def places_without_unit(district: District) -> Iterator[Finding]:
    """A place in the rule's reach that has no unit of the relation which the rule names."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        for path, unit in _units_named(rule):
            without = [code for code in reach(rule, rulebook) if not _has_unit(rulebook, unit, code)]
            if without:
                params: dict[str, str | int] = {
                    "id": rule.id,
                    "relation": relation_in(unit) or unit,
                    "place": without[0],
                    "count": len(without),
                }
                yield Finding(path=("rules", position, *path), kind="place_without_unit", params=params)


def calls_that_reach_nobody(district: District) -> Iterator[Finding]:
    """A unit that a rule calls at once, and that a place in the rule's reach has not, or that leads there itself."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        for which, call in enumerate(rule.whistle):
            path = ("rules", position, "whistle", which, "unit")
            found = {code: _called(rulebook, rule, call, code) for code in reach(rule, rulebook)}
            yield from _calls_nobody(path, rule.id, call.unit, found)


def _called(rulebook: Rulebook, rule: Rule, call: RuleCall, code: str) -> str:
    """`none` or `lead` where nobody would be called at this place; otherwise empty."""
    areas = rulebook.places[code].path
    unit = rulebook.units.unit_for(call.unit, areas)
    if unit is None:
        return "none"
    return "lead" if unit == rulebook.units.unit_for(rule.unit, areas) else ""


def _calls_nobody(path: tuple[Step, ...], rule: str, unit: str, found: Mapping[str, str]) -> Iterator[Finding]:
    for kind, why in (("call_without_unit", "none"), ("call_to_the_lead", "lead")):
        places = [code for code, called in found.items() if called == why]
        if places:
            params: dict[str, str | int] = {"id": rule, "unit": unit, "place": places[0], "count": len(places)}
            yield Finding(path=path, kind=kind, params=params)


def _units_named(rule: Rule) -> Iterator[tuple[tuple[Step, ...], str]]:
    yield ("unit",), rule.unit
    for which, follow_up in enumerate(rule.follow_ups):
        yield ("follow_ups", which, "unit"), follow_up.unit


def _has_unit(rulebook: Rulebook, unit: str, code: str) -> bool:
    return rulebook.units.unit_for(unit, rulebook.places[code].path) is not None


# A follow-up without a term has the end of its day, and whoever is first to accept a case has the accept clock.
OPTIONAL = frozenset({Clock.FOLLOW_UP, Clock.FIRST_RESPONSE})


def rules_without_clock(district: District) -> Iterator[Finding]:
    """A case without a clock escalates to nobody: that must be seen to be meant."""
    for position, rule in enumerate(district.rules):
        for clock in Clock:
            if clock not in OPTIONAL and clock not in rule.terms:
                params = {"id": rule.id, "clock": clock.value}
                path = ("rules", position)
                yield Finding(path=path, kind="rule_without_clock", params=params, severity=Severity.WARNING)


def first_responses_within_accepting(district: District) -> Iterator[Finding]:
    """A first response no longer than the accept clock is missed before it, and leaves no time for handing on."""
    for position, rule in enumerate(rulebook_of(district).rules):
        terms = {term.clock: term for term in rule.terms}
        accept, first = terms.get(Clock.ACCEPT), terms.get(Clock.FIRST_RESPONSE)
        if accept and first and _is_surely_no_longer(first, accept):
            path = ("rules", position, "terms", Clock.FIRST_RESPONSE.value)
            kind = "first_response_within_accept"
            yield Finding(path=path, kind=kind, params={"id": rule.id}, severity=Severity.WARNING)


def _is_surely_no_longer(term: Term, other: Term) -> bool:
    """Whatever the calendars and rotas say: minutes and days, or minutes counted differently, may be either."""
    if term.minutes is None or other.minutes is None:
        return bool(term.working_days and other.working_days and term.working_days <= other.working_days)
    is_counted_alike = (term.working_time, term.on_duty) == (other.working_time, other.on_duty)
    return term.minutes <= other.minutes and (is_counted_alike or not term.working_time)


def rules_without_example(district: District) -> Iterator[Finding]:
    """A rule that nobody has tried."""
    for position, rule in enumerate(district.rules):
        if not rule.examples:
            path = ("rules", position)
            yield Finding(path=path, kind="rule_without_example", params={"id": rule.id}, severity=Severity.WARNING)


def examples_that_fall_elsewhere(district: District) -> Iterator[Finding]:
    """Each example must fall to its own rule."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        for which, example in enumerate(rule.examples):
            found = _falls_to(rulebook, rule, example)
            if found != rule.id:
                path = ("rules", position, "examples", which)
                yield Finding(path=path, kind="example_falls_elsewhere", params={"id": rule.id, "other": found})


def _falls_to(rulebook: Rulebook, rule: Rule, example: RuleExample) -> str:
    place = rulebook.place(example.place)
    path = place.path
    guess = rulebook.guess(example.text) if example.category is None else None
    situation = Situation(
        categories=rulebook.category_path(guess.category if guess else example.category),
        areas=path,
        channel=Channel(rule.when.channels[0]) if rule.when.channels else Channel.QR,
        text=example.text,
        groups=place.groups,
        earlier=Earlier(otherwise=example.earlier),
        stated_urgency=example.urgency,
        at=_suitable_moment(rulebook, rule, path),
    )
    try:
        return first_match(rulebook.prepared, situation, units=rulebook.units, edition=rulebook.edition).rule.id
    except NoRuleMatchesError:
        return NOTHING_MATCHES


def _suitable_moment(rulebook: Rulebook, rule: Rule, path: tuple[str, ...]) -> datetime:
    """In the unit's working time, unless the rule is for the time outside it."""
    unit = rulebook.units.unit_for(rule.unit, path)
    working = rule.when.working_time is not False
    hours = (WEEK_OF_EXAMPLES + timedelta(hours=hour) for hour in range(7 * 24))
    suits = (at for at in hours if unit is None or rulebook.units.is_working(unit, at) == working)
    return next(suits, WEEK_OF_EXAMPLES)
