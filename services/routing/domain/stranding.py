"""Open cases that a new edition of the district would leave with nobody or in wrong hands, and who gets them then."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.routing.domain.assignment import Report, choose
from services.routing.domain.case.state import Status
from services.routing.domain.errors import RoutingError
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import OF_THE_PLACE
from shared.contracts.directory import PersonDefined


class Why(StrEnum):
    """What the new edition takes from a case."""

    UNIT_GONE = "unit_gone"
    PERSON_GONE = "person_gone"
    OTHER_UNIT = "other_unit"
    CALLED_UNIT_GONE = "called_unit_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that somebody has to act on: its unit is the one that has it, or that left it last."""

    id: UUID
    number: str
    status: Status
    unit: str
    accepted_by: str | None
    place: str
    called: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """Such a case, and the unit that gets it, or keeps it; none where nobody of the new edition could."""

    case_id: UUID
    number: str
    why: Why
    unit: str
    to_unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The district as it is and as it would be."""

    before: Rulebook
    after: Rulebook
    people: Mapping[str, PersonDefined]

    def takes_from(self, case: OpenCase) -> Why | None:
        """What it takes from a case; none where it changes nothing for it."""
        if self.is_gone(case.unit):
            return Why.UNIT_GONE
        if self._leads_elsewhere(case):
            return Why.OTHER_UNIT
        if case.status is Status.ACCEPTED and case.accepted_by and self._has_left(case.accepted_by, case.unit):
            return Why.PERSON_GONE
        return Why.CALLED_UNIT_GONE if any(map(self.is_gone, case.called)) else None

    def is_gone(self, unit: str) -> bool:
        """Whether the new edition has no such unit."""
        known = self.after.units.by_id.get(unit)
        return known is None or known.retired

    def heir(self, case: OpenCase, report: Report | None) -> str | None:
        """Who gets it: what its unit was to the place, whom the new rules choose, or the next level that is left."""
        return self._of_the_relation(case) or self._by_rules(report) or self._above(case.unit)

    def is_for_the_rules(self, case: OpenCase) -> bool:
        """Whether the new rules are to be asked: no unit is to its place what the old one was."""
        return self._of_the_relation(case) is None

    def _leads_elsewhere(self, case: OpenCase) -> bool:
        relation, now = self._relation(case.unit), self._of_the_relation(case)
        path = self.before.places[case.place].path if case.place in self.before.places else ()
        stood_for_it = relation is not None and self.before.units.unit_for(relation, path) == case.unit
        return stood_for_it and now != case.unit

    def _relation(self, unit: str) -> str | None:
        known = self.before.units.by_id.get(unit)
        return f"{known.relation}{OF_THE_PLACE}" if known and known.relation else None

    def _of_the_relation(self, case: OpenCase) -> str | None:
        relation, place = self._relation(case.unit), self.after.places.get(case.place)
        return self.after.units.unit_for(relation, place.path) if relation and place else None

    def _by_rules(self, report: Report | None) -> str | None:
        try:
            return choose(self.after, report).assignment.unit if report else None
        except RoutingError:
            return None

    def _above(self, unit: str) -> str | None:
        return next(iter(self.after.units.ladder(unit)), None)

    def _has_left(self, person: str, unit: str) -> bool:
        known = self.people.get(person)
        return known is None or known.retired or known.unit != unit
