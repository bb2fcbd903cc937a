"""Which of the things behind a figure somebody may see one by one: those of these units, and those in these areas."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.directory import AreaDefined, Reach, UnitDefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is read ticket by ticket; none of either stands for all there is."""

    units: frozenset[str] | None = None
    areas: frozenset[str] | None = None


EVERYTHING = Sight()


def sight_of(unit: str, reach: Reach, *, units: Mapping[str, UnitDefined], areas: Mapping[str, AreaDefined]) -> Sight:
    """What a member of this unit reads: as far as their role sees at the desk."""
    match reach:
        case Reach.DISTRICT:
            return EVERYTHING
        case Reach.UNIT:
            return Sight(units=frozenset({unit}), areas=frozenset())
        case Reach.LADDER:
            return Sight(units=_below(unit, units), areas=frozenset())
        case Reach.AREA:
            home = units[unit].area if unit in units else None
            inside = frozenset(each.id for each in areas.values() if home in each.path)
            return Sight(units=_below(unit, units), areas=inside)


def _below(unit: str, units: Mapping[str, UnitDefined]) -> frozenset[str]:
    """The unit, and those whose ladder leads to it; a ring in the ladder ends where it closes."""
    below = {unit}
    while more := {each.id for each in units.values() if each.escalates_to in below} - below:
        below |= more
    return frozenset(below)
