"""The functions that say what each event makes of a case: every one stands with its subject, beside what decides it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from services.routing.domain.case.by_type import register
from services.routing.domain.case.state import Case

After = TypeVar("After", bound=Callable[[Case, Any], Case])

AFTER: dict[type, Callable[[Case, Any], Case]] = {}


def evolves(after: After) -> After:
    """Say by the decorated function what its events make of a case."""
    return register(AFTER, after)


def watched(case: Case, unit: str | None) -> Case:
    """Who is asked to decide sees the case from then on."""
    return replace(case, watching=with_unit(case.watching, unit)) if unit else case


def with_unit(units: tuple[str, ...], unit: str) -> tuple[str, ...]:
    """The units with this one, once."""
    return units if unit in units else (*units, unit)
