"""Who of the staff sees a case, its reporter's contact, and what they may do: by role, unit, ladder and area."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.routing.domain.case.commands import Actor
from services.routing.domain.case.standing import relations_of
from services.routing.domain.case.state import Case
from services.routing.domain.permissions import REACH, Action, is_allowed, reads_only
from services.routing.domain.units import Units
from shared.contracts.directory import AreaDefined, Reach


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
        informed = self.actor.unit in (*case.told, *case.watching)
        return informed or not self.units.isdisjoint(case.invited_units) or self.oversees(case)

    def oversees(self, case: Case) -> bool:
        """Whether it is in sight for who has it or where it lies, whatever else the member's unit is to it."""
        return (case.unit or case.left_unit) in self.units or case.matter.area in self.areas

    def actor_on(self, case: Case) -> Actor:
        """The member as one who acts on this case."""
        return replace(self.actor, oversees=self.oversees(case))

    def sees_contact(self, case: Case, master: Case | None = None) -> bool:
        """The reporter's name and phone: for the units that act, and for whoever coordinates them.

        Nobody acts on a case that follows another; those who act on its master do for its reporter too.
        """
        worked_on = case if case.master is None else master
        if worked_on is None or not self.sees(worked_on):
            return False
        return is_allowed(self.actor.role, Action.CONTACT, relations_of(worked_on, self.actor_on(worked_on)))

    def may_act(self, case: Case) -> bool:
        """Some roles only read; what exactly the others may do, the case decides."""
        return not reads_only(self.actor.role) and self.sees(case)


def sight_of(actor: Actor, *, units: Units, areas: Mapping[str, AreaDefined]) -> Sight:
    """What the actor's role and unit let them see."""
    reach, own = REACH[actor.role], frozenset({actor.unit})
    if reach is Reach.UNIT:
        return Sight(actor=actor, units=own, areas=frozenset())
    overseen = own | {unit for unit in units.by_id if actor.unit in units.ladder(unit)}
    return Sight(actor=actor, units=overseen, areas=_areas(reach, units.by_id[actor.unit].area, areas))


def _areas(reach: Reach, home: str, areas: Mapping[str, AreaDefined]) -> frozenset[str]:
    match reach:
        case Reach.DISTRICT:
            return frozenset(areas)
        case Reach.AREA:
            return frozenset(area.id for area in areas.values() if home in area.path)
        case _:
            return frozenset()
