"""Clocks that run while somebody is on duty, and would stand still: nobody of the unit ever is, or hardly ever."""

from collections.abc import Iterator
from itertools import chain

from services.routing.domain.checks.finding import Finding
from services.routing.domain.checks.rulebook import rulebook_of
from services.routing.domain.district import District
from services.routing.domain.on_duty import units_behind
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import Units
from shared.contracts.directory import Rule
from shared.contracts.routing import Term
from shared.working_time import Calendar

# No clock of the field runs longer than a year; what would is a slip of the pen, in the term or in the rota.
WEEKS_MAX = 53


def duty_clocks_that_do_not_run(district: District) -> Iterator[Finding]:
    """Each such clock of a rule, with the first of the units that the rule may ask and whose rota does not carry it."""
    rulebook = rulebook_of(district)
    for position, rule in enumerate(rulebook.rules):
        asked = _asked(rule, rulebook)
        for term in (term for term in rule.terms if term.on_duty):
            found = ((unit, _why_not(term, unit, rulebook.units)) for unit in asked)
            unit, kind = next(((unit, why) for unit, why in found if why), ("", ""))
            if kind:
                path = ("rules", position, "terms", term.clock.value, "on_duty")
                yield Finding(path=path, kind=kind, params={"id": rule.id, "clock": term.clock.value, "unit": unit})


def _asked(rule: Rule, rulebook: Rulebook) -> list[str]:
    """Units that the rule may come to ask: those that it names, and who is told above them."""
    named = [rule.unit, *(call.unit for call in rule.whistle), *(each.unit for each in rule.follow_ups)]
    verifier = rule.verification.unit if rule.verification else None
    units = sorted(filter(None, units_behind([*named, *filter(None, [verifier])], rulebook)))
    return list(dict.fromkeys(chain(units, *(rulebook.units.ladder(unit) for unit in units))))


def _why_not(term: Term, unit: str, units: Units) -> str:
    time = units.duty_times.get(unit)
    if time is None:
        return "duty_clock_never_runs"
    return "duty_clock_too_long" if (term.minutes or 0) > WEEKS_MAX * _minutes_a_week(time) else ""


def _minutes_a_week(time: Calendar) -> int:
    return sum(closes - opens for opens, closes in chain.from_iterable(time.hours.values()))
