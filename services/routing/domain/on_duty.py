"""Whose role lets them be on duty: where rules lead to the unit, or call it, only one that may accept its cases."""

from collections.abc import Collection

from services.routing.domain.permissions import Action, Relation, is_allowed
from services.routing.domain.rulebook import Rulebook
from shared.contracts.directory import Role


def may_be_on_duty(role: Role, *, acting: bool) -> bool:
    """Whether the role can do what the unit's duty asks; where no rule needs it to act, any can."""
    return not acting or is_allowed(role, Action.ACCEPT, frozenset({Relation.OWN}))


def units_acting(rulebook: Rulebook) -> set[str | None]:
    """The units that some rule leads to, or calls, at some place."""
    named = {unit for rule in rulebook.rules for unit in (rule.unit, *(call.unit for call in rule.whistle))}
    return units_behind(named, rulebook)


def units_behind(named: Collection[str], rulebook: Rulebook) -> set[str | None]:
    """The units that these references of rules stand for, at any place."""
    paths = {place.path for place in rulebook.places.values()}
    return {rulebook.units.unit_for(unit, path) for unit in named for path in paths}
