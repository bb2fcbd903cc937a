"""The functions that say what each event makes of a case: every one stands with its subject, beside what decides it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, get_args, get_type_hints

from services.routing.domain.case.state import Case
from shared.contracts.case import CaseEvent

After = Callable[[Case, Any], Case]
Registered = TypeVar("Registered", bound=After)

AFTER: dict[type[CaseEvent], After] = {}


class EvolvedTwiceError(Exception):
    """Two functions say what the same event makes of a case."""


def evolves(after: Registered) -> Registered:
    """Register the decorated function for the event, or each of the union, that its second parameter is declared as."""
    _, events, _ = get_type_hints(after).values()
    for event in get_args(events) or (events,):
        if event in AFTER:
            raise EvolvedTwiceError(event.__name__)
        AFTER[event] = after
    return after


def watched(case: Case, unit: str | None) -> Case:
    """Who is asked to decide sees the case from then on."""
    return replace(case, watching=with_unit(case.watching, unit)) if unit else case


def with_unit(units: tuple[str, ...], unit: str) -> tuple[str, ...]:
    """The units with this one, once."""
    return units if unit in units else (*units, unit)
