"""Open cases that a new edition of the district would leave with nobody or in wrong hands, and who gets them then."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from services.routing.domain.assignment import Report, choose
from services.routing.domain.case.state import Status
from services.routing.domain.errors import RoutingError
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import GRID_OF_THE_PLACE, OF_THE_PLACE
from shared.contracts.directory import PersonDefined


class Why(StrEnum):
    """What the new edition takes from a case."""

    UNIT_GONE = "unit_gone"
    TOLD_UNIT_GONE = "told_unit_gone"
    PERSON_GONE = "person_gone"
    OTHER_UNIT = "other_unit"
    CALLED_UNIT_GONE = "called_unit_gone"
    OTHER_VERIFIER = "other_verifier"
    OTHER_ANSWERER = "other_answerer"
    FOLLOW_UP_UNIT_GONE = "follow_up_unit_gone"


# Somebody has still to bring about what it is about; later only who is awaited can be lost.
TO_BE_DONE = frozenset({Status.UNASSIGNED, Status.ASSIGNED, Status.ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that somebody has to act on: its unit is the one that has it, or that left it last.

    `told` are who knows of one that was given back, `called` units with something to do, `asked` who is to answer by
    who asked, and `follow_ups` who is to follow up, by the follow-up.
    """

    id: UUID
    number: str
    status: Status
    unit: str
    accepted_by: str | None
    place: str
    told: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    verifier: str | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    follow_ups: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """What of such a case is a unit's no more, and whose it is then; none where nobody of the new edition could.

    Of a question `of` is who asked it, of a follow-up its id.
    """

    case_id: UUID
    number: str
    why: Why
    unit: str
    to_unit: str | None
    of: str = ""


def count_of(stranded: Iterable[Stranded]) -> int:
    """How many cases these are: several things may be of one."""
    return len({each.case_id for each in stranded})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The district as it is and as it would be."""

    before: Rulebook
    after: Rulebook
    people: Mapping[str, PersonDefined]

    def takes_from(self, case: OpenCase) -> Why | None:
        """Why its unit has to change, or to take it anew; none where it goes on as before."""
        if case.status not in TO_BE_DONE:
            return None
        if self.is_gone(case.unit):
            return Why.UNIT_GONE
        if self._is_known_to_nobody(case):
            return Why.TOLD_UNIT_GONE
        if self._stood_for(case.unit, case.place) and self._successor(case.unit, case.place) != case.unit:
            return Why.OTHER_UNIT
        if case.status is Status.ACCEPTED and case.accepted_by and self._has_left(case.accepted_by, case.unit):
            return Why.PERSON_GONE
        return None

    def passes_on(self, case: OpenCase, lead: str | None) -> Iterator[Stranded]:
        """What others were to do of it and can do no more, where `lead` has the case by the new edition."""
        gone = sorted(filter(self.is_gone, case.called))
        for unit in gone:
            yield _passed(case, Why.CALLED_UNIT_GONE, unit, lead)
        # A unit does not verify its own work, whatever it stands for by now.
        if case.verifier is not None and self._is_no_more(case.verifier, case.place, but=case.unit):
            yield _passed(case, Why.OTHER_VERIFIER, case.verifier, self._verifier(case, case.verifier))
        # With the case, or the task, its question is over.
        over = {*gone, *({case.unit, lead} if lead != case.unit else ())}
        for asked_by, unit in case.asked.items():
            if asked_by not in over and self._is_no_more(unit, case.place):
                other = self._successor(unit, case.place) or self.after.units.grid_of(asked_by) or self._above(unit)
                yield _passed(case, Why.OTHER_ANSWERER, unit, other, of=asked_by)
        for follow_up, unit in case.follow_ups.items():
            if self.is_gone(unit):
                other = self._successor(unit, case.place) or self._above(unit)
                yield _passed(case, Why.FOLLOW_UP_UNIT_GONE, unit, other, of=str(follow_up))

    def is_gone(self, unit: str) -> bool:
        """Whether the new edition has no such unit."""
        known = self.after.units.by_id.get(unit)
        return known is None or known.retired

    def heir(self, case: OpenCase, report: Report | None) -> str | None:
        """Who gets it: what its unit was to the place, whom the new rules choose, the next level, or the place's grid.

        One that was given back goes to who is to the place what those were who knew of it, and not to who gave it back.
        """
        if not self.is_gone(case.unit) and self._is_known_to_nobody(case):
            succeeding = (self._successor(unit, case.place) for unit in sorted(case.told))
            instead = next(filter(None, succeeding), None)
        else:
            instead = self._successor(case.unit, case.place) or self._by_rules(report)
        return instead or self._above(case.unit) or self._grid_of(case.place)

    def is_for_the_rules(self, case: OpenCase) -> bool:
        """Whether the new rules are to be asked: no unit is to its place what the old one was."""
        return self._successor(case.unit, case.place) is None

    def _is_known_to_nobody(self, case: OpenCase) -> bool:
        """Whether it was given back, and who was told of it is gone."""
        return case.status is Status.UNASSIGNED and all(map(self.is_gone, case.told))

    def _is_no_more(self, unit: str, place: str, *, but: str | None = None) -> bool:
        """Whether who is awaited is gone, or stood for the place that another one, `but` this, stands for now."""
        others = (None, unit, but)
        return self.is_gone(unit) or (self._stood_for(unit, place) and self._successor(unit, place) not in others)

    def _verifier(self, case: OpenCase, named: str) -> str | None:
        """Who verifies instead: who is to the place what the named one was, or the next level above either."""
        others = (self._successor(named, case.place), *self._ladder(case.unit), *self._ladder(named))
        return next((other for other in others if other not in (None, case.unit)), None)

    def _stood_for(self, unit: str, place: str) -> bool:
        relation = self._relation(unit)
        path = self.before.places[place].path if place in self.before.places else ()
        return relation is not None and self.before.units.unit_for(relation, path) == unit

    def _relation(self, unit: str) -> str | None:
        known = self.before.units.by_id.get(unit)
        return f"{known.relation}{OF_THE_PLACE}" if known and known.relation else None

    def _successor(self, unit: str, code: str) -> str | None:
        """Who is to the place now what the unit was to some."""
        relation = self._relation(unit)
        return self._of_the_place(relation, code) if relation else None

    def _grid_of(self, code: str) -> str | None:
        return self._of_the_place(GRID_OF_THE_PLACE, code)

    def _of_the_place(self, relation: str, code: str) -> str | None:
        place = self.after.places.get(code)
        return self.after.units.unit_for(relation, place.path) if place else None

    def _by_rules(self, report: Report | None) -> str | None:
        try:
            return choose(self.after, report).assignment.unit if report else None
        except RoutingError:
            return None

    def _above(self, unit: str) -> str | None:
        return next(iter(self._ladder(unit)), None)

    def _ladder(self, unit: str) -> tuple[str, ...]:
        return self.after.units.ladder(unit)

    def _has_left(self, person: str, unit: str) -> bool:
        known = self.people.get(person)
        return known is None or known.retired or known.unit != unit


def _passed(case: OpenCase, why: Why, unit: str, to_unit: str | None, *, of: str = "") -> Stranded:
    return Stranded(case_id=case.id, number=case.number, why=why, unit=unit, to_unit=to_unit, of=of)
