"""Grid escalation rules (网格升级规则): ordered, the first that matches decides, and the trace says why."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.routing.domain.errors import NoRuleMatchesError
from services.routing.domain.repeats import NONE_BEFORE, Earlier
from services.routing.domain.units import Units
from shared.contracts.directory import Conditions, Rule
from shared.contracts.intake import Channel
from shared.contracts.routing import PassedOver, RuleTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What rules look at. `categories` are the chosen one and those above it; `areas` run from the district down.

    `groups` are whom the place's code was given to, `earlier` the reports that this one may repeat.
    """

    categories: tuple[str, ...]
    areas: tuple[str, ...]
    channel: Channel
    text: str = field(repr=False)
    groups: tuple[str, ...] = ()
    earlier: Earlier = NONE_BEFORE
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The rule that decided, the unit it leads to, and the earlier ones with what did not hold."""

    rule: Rule
    unit: str
    trace: RuleTrace


def first_match(rules: Sequence[Rule], situation: Situation, *, units: Units, edition: int) -> Match:
    """The first rule all of whose conditions hold, and whose unit the place has.

    Raises:
        NoRuleMatchesError: not even the last; a checked district file cannot come to this.
    """
    seen = replace(situation, text=plain(situation.text))
    passed_over: list[PassedOver] = []
    for rule in rules:
        unit = units.unit_for(rule.unit, seen.areas)
        condition = what_fails(rule, seen, unit=unit, units=units)
        if unit is not None and condition is None:
            trace = RuleTrace(rule=rule.id, passed_over=tuple(passed_over), directory_version=edition)
            return Match(rule=rule, unit=unit, trace=trace)
        passed_over.append(PassedOver(rule=rule.id, condition=condition or "unit"))
    raise NoRuleMatchesError


def plain(text: str) -> str:
    """Full-width and upper-case letters as their plain ones: residents type both."""
    return unicodedata.normalize("NFKC", text).casefold()


def what_fails(rule: Rule, situation: Situation, *, unit: str | None, units: Units) -> str | None:
    """The first condition that does not hold, by its name in the district file; none when all do."""
    failing = (name for name, holds in _CONDITIONS.items() if not holds(rule.when, situation))
    if (name := next(failing, None)) is not None:
        return name
    if unit is None:
        return "unit"
    wanted = rule.when.working_time
    return None if wanted is None or wanted == units.is_working(unit, situation.at) else "working_time"


def _one_of(wanted: tuple[str, ...], given: tuple[str, ...]) -> bool:
    return not wanted or not set(wanted).isdisjoint(given)


def _contained(words: tuple[str, ...], text: str) -> list[bool]:
    return [plain(word) in text for word in words]


_CONDITIONS: dict[str, Callable[[Conditions, Situation], bool]] = {
    "categories": lambda when, seen: _one_of(when.categories, seen.categories),
    "areas": lambda when, seen: _one_of(when.areas, seen.areas),
    "channels": lambda when, seen: _one_of(when.channels, (seen.channel.value,)),
    "words_any": lambda when, seen: not when.words_any or any(_contained(when.words_any, seen.text)),
    "words_all": lambda when, seen: all(_contained(when.words_all, seen.text)),
    "words_none": lambda when, seen: not any(_contained(when.words_none, seen.text)),
    "groups": lambda when, seen: _one_of(when.groups, seen.groups),
    "repeats": lambda when, seen: seen.earlier.enough_for(when.repeats),
}
