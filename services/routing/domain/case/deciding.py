"""The functions that decide what commands bring about: every one stands with its subject."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from services.routing.domain.case.by_type import register
from services.routing.domain.case.state import Case
from shared.contracts.routing import RoutingEvent

Decider = TypeVar("Decider", bound=Callable[[Case, Any], Iterable[RoutingEvent]])

DECIDERS: dict[type, Callable[[Case, Any], Iterable[RoutingEvent]]] = {}


def decides(decider: Decider) -> Decider:
    """Let the decorated function decide its commands."""
    return register(DECIDERS, decider)
