"""Who of the staff sees a case, its reporter's contact, and what they may do: by role, unit, ladder and area."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.routing.domain.case.commands import Actor
from services.routing.domain.case.joint import PartState
from services.routing.domain.case.state import Case
from services.routing.domain.units import Units
from shared.contracts.directory import AreaDefined, Role

# Their remit is an area; the others' is their unit, and for a lead what stands below it on the ladder.
BY_AREA = frozenset({Role.DISPATCHER, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a member of staff sees: cases of these units, and cases in these areas."""

    actor: Actor
    units: frozenset[str]
    areas: frozenset[str]

    @property
    def is_wide(self) -> bool:
        """Whether it reaches beyond the member's own unit."""
        return bool(self.areas) or len(self.units) > 1

    def sees(self, case: Case) -> bool:
        """Whether this case may be shown at all."""
        at_work = {case.unit or case.left_unit, *case.called_units}
        informed = self.actor.unit in (*case.told, *case.watching)
        return informed or not at_work.isdisjoint(self.units) or case.matter.area in self.areas

    def sees_contact(self, case: Case) -> bool:
        """The reporter's name and phone: for the units that act, and for whoever coordinates them."""
        coordinates = self.actor.role is Role.DISPATCHER and self.sees(case)
        part = case.joint.get(self.actor.unit)
        helps = part is not None and part.state is PartState.REPORTED_IN
        return self.actor.unit == case.unit or helps or coordinates

    def may_act(self, case: Case) -> bool:
        """A supervisor only reads; what exactly the others may do, the case decides."""
        return self.actor.role is not Role.SUPERVISOR and self.sees(case)


def sight_of(actor: Actor, *, units: Units, areas: Mapping[str, AreaDefined]) -> Sight:
    """What the actor's role and unit let them see."""
    overseen = {unit for unit in units.by_id if actor.role is not Role.HANDLER and actor.unit in units.ladder(unit)}
    home = units.by_id[actor.unit].area
    below = {area.id for area in areas.values() if actor.role in BY_AREA and home in area.path}
    return Sight(actor=actor, units=frozenset({actor.unit, *overseen}), areas=frozenset(below))
