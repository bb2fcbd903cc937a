"""Grid escalation rules (网格升级规则): ordered, the first that matches decides, and the trace says why."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from services.routing.domain.errors.directory import NoRuleMatchesError
from services.routing.domain.repeats import NONE_BEFORE, Earlier
from services.routing.domain.units import Units
from shared.contracts.directory import Conditions, Rule
from shared.contracts.intake import Channel, StatedUrgency
from shared.contracts.routing import PassedOver, RuleTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What rules look at. `categories` are the chosen one and those above it; `areas` run from the district down.

    `groups` are whom the place's code was given to, `earlier` the reports that this one may repeat, `stated_urgency` is
    what whoever reported it said.
    """

    categories: tuple[str, ...]
    areas: tuple[str, ...]
    channel: Channel
    text: str = field(repr=False)
    groups: tuple[str, ...] = ()
    earlier: Earlier = NONE_BEFORE
    stated_urgency: StatedUrgency | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The rule that decided, the unit it leads to, and the earlier ones with what did not hold."""

    rule: Rule
    unit: str
    trace: RuleTrace


# What a condition looks at, and whether it fails there.
Looks = Callable[[Situation], object]
Fails = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule as it is asked, hundreds of them of each report: what it names, with what is said where that fails."""

    rule: Rule
    conditions: tuple[tuple[PassedOver, int, Fails], ...]
    no_unit: PassedOver
    other_time: PassedOver


def prepared(rules: Iterable[Rule]) -> tuple[Prepared, ...]:
    """The rules in their order, made ready once for all reports: words plain, and nothing asked that was not named."""
    return tuple(
        Prepared(
            rule,
            _conditions(rule),
            no_unit=PassedOver(rule=rule.id, condition="unit"),
            other_time=PassedOver(rule=rule.id, condition="working_time"),
        )
        for rule in rules
    )


def first_match(rules: Sequence[Prepared], situation: Situation, *, units: Units, edition: int) -> Match:
    """The first rule all of whose conditions hold, and whose unit the place has.

    Raises:
        NoRuleMatchesError: not even the last; a checked district file cannot come to this.
    """
    seen = [look(situation) for look in _LOOKS]
    # Many rules name the same few units.
    unit_for = cache(lambda reference: units.unit_for(reference, situation.areas))
    is_working = cache(lambda unit: units.is_working(unit, situation.at))
    passed_over: list[PassedOver] = []
    for asked in rules:
        for failing, index, fails in asked.conditions:
            if fails(seen[index]):
                passed_over.append(failing)
                break
        else:
            unit = unit_for(asked.rule.unit)
            if unit is not None and _is_time_for(asked.rule, unit, is_working):
                trace = RuleTrace(rule=asked.rule.id, passed_over=tuple(passed_over), directory_version=edition)
                return Match(rule=asked.rule, unit=unit, trace=trace)
            passed_over.append(asked.no_unit if unit is None else asked.other_time)
    raise NoRuleMatchesError


def plain(text: str) -> str:
    """Full-width and upper-case letters as their plain ones: residents type both."""
    return unicodedata.normalize("NFKC", text).casefold()


def _is_time_for(rule: Rule, unit: str, is_working: Callable[[str], bool]) -> bool:
    wanted = rule.when.working_time
    return wanted is None or wanted == is_working(unit)


def _conditions(rule: Rule) -> tuple[tuple[PassedOver, int, Fails], ...]:
    """Those that the rule names, in the order in which they are asked."""
    made = ((name, _LOOKS.index(look), make(rule.when)) for name, (look, make) in _CONDITIONS.items())
    return tuple(
        (PassedOver(rule=rule.id, condition=name), index, fails) for name, index, fails in made if fails is not None
    )


def _plain_text(seen: Situation) -> str:
    return plain(seen.text)


def _none_of(wanted: tuple[str, ...]) -> Fails | None:
    return frozenset(wanted).isdisjoint if wanted else None


def _lacks_all(when: Conditions) -> Fails | None:
    words = tuple(map(plain, when.words_any))
    return (lambda text: not _has_one(words, text)) if words else None


def _lacks_one(when: Conditions) -> Fails | None:
    words = tuple(map(plain, when.words_all))
    return (lambda text: not all(word in text for word in words)) if words else None


def _has_unwanted(when: Conditions) -> Fails | None:
    words = tuple(map(plain, when.words_none))
    return (lambda text: _has_one(words, text)) if words else None


def _has_one(words: tuple[str, ...], text: str) -> bool:
    # `any` over a generator takes three times as long, and most of a decision is this.
    for word in words:  # noqa: SIM110
        if word in text:
            return True
    return False


def _repeats_too_little(when: Conditions) -> Fails | None:
    wanted = when.repeats
    return (lambda earlier: not earlier.enough_for(wanted)) if wanted else None


def _not_stated(when: Conditions) -> Fails | None:
    return (lambda stated: stated is None) if when.urgency else None


def _stated_otherwise(when: Conditions) -> Fails | None:
    wanted = when.urgency
    return (lambda stated: stated is not wanted) if wanted else None


def _stated_urgency(seen: Situation) -> StatedUrgency | None:
    return seen.stated_urgency


# By their names in the district file: what each looks at, and how it is made ready; none where a rule does not name it.
_CONDITIONS: dict[str, tuple[Looks, Callable[[Conditions], Fails | None]]] = {
    "categories": (lambda seen: seen.categories, lambda when: _none_of(when.categories)),
    "areas": (lambda seen: seen.areas, lambda when: _none_of(when.areas)),
    "channels": (lambda seen: (seen.channel.value,), lambda when: _none_of(when.channels)),
    # Nearly always nothing was said, which is not the same as another word: the trace tells them apart.
    "urgency_stated": (_stated_urgency, _not_stated),
    "urgency": (_stated_urgency, _stated_otherwise),
    "words_any": (_plain_text, _lacks_all),
    "words_all": (_plain_text, _lacks_one),
    "words_none": (_plain_text, _has_unwanted),
    "groups": (lambda seen: seen.groups, lambda when: _none_of(when.groups)),
    "repeats": (lambda seen: seen.earlier, _repeats_too_little),
}
# What is looked at is made ready once, however many conditions look at it.
_LOOKS = tuple(dict.fromkeys(look for look, _ in _CONDITIONS.values()))
