"""The units (处置单位) of the district: which one a place has, when it works, who stands above it on the ladder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.routing.domain.deadlines import NEVER, Run, deadlines, due, minutes_left, run, warnings
from shared.contracts.directory import UnitDefined
from shared.contracts.routing import Clock, Deadlines, Term
from shared.working_time import Calendar, UnknownYearError

OF_THE_PLACE = " of the place"
GRID_OF_THE_PLACE = f"grid{OF_THE_PLACE}"


def relation_in(reference: str) -> str | None:
    """`committee` in `committee of the place`; none when the reference is a unit's id."""
    return reference.removesuffix(OF_THE_PLACE) if reference.endswith(OF_THE_PLACE) else None


def term_of(terms: Iterable[Term], clock: Clock) -> Term | None:
    """How long this clock runs, where the terms say so."""
    return next((term for term in terms if term.clock is clock), None)


@dataclass(frozen=True, slots=True)
class Units:
    """Units by id, calendars by id, when each unit's rota has somebody on duty, and who is what to which area.

    Retired units keep their names and get no work.
    """

    by_id: Mapping[str, UnitDefined]
    calendars: Mapping[str, Calendar]
    duty_times: Mapping[str, Calendar] = field(default_factory=dict)
    _by_relation: Mapping[tuple[str, str], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_relation", _by_relation(self.by_id.values()))

    def unit_for(self, reference: str, areas: tuple[str, ...]) -> str | None:
        """The unit that a rule names: by id, or by relation the one of the nearest area that has such a unit."""
        relation = relation_in(reference)
        if relation is None:
            unit = self.by_id.get(reference)
            return unit.id if unit and not unit.retired else None
        found = (self._by_relation.get((relation, area)) for area in reversed(areas))
        return next(filter(None, found), None)

    def successor(self, unit: str, areas: tuple[str, ...]) -> str | None:
        """The unit that is to these areas what this one, which may be retired, is or was; none where none is."""
        known = self.by_id.get(unit)
        return self.unit_for(f"{known.relation}{OF_THE_PLACE}", areas) if known and known.relation else None

    def is_working(self, unit: str, at: datetime) -> bool:
        """Whether it is the unit's working time; in a year without a known list, as if it had no holidays."""
        calendar = self.time_of(unit)
        try:
            return calendar.is_working(at)
        except UnknownYearError as unknown:
            return replace(calendar, years={*calendar.years, unknown.year}).is_working(at)

    def time_of(self, unit: str, term: Term | None = None) -> Calendar:
        """What the term's minutes are counted in for the unit: its hours, or the time in which somebody is on duty.

        Nobody of a unit without a rota ever is; such a term is counted in its hours, lest the case never be late.
        """
        hours = self.calendars[self.by_id[unit].calendar]
        return self.duty_times.get(unit, hours) if term is not None and term.on_duty else hours

    def ladder(self, unit: str | None) -> tuple[str, ...]:
        """Who is told when the unit does not act, the next level first; a ring in the ladder ends where it closes."""
        steps: list[str] = []
        above = self._above(unit)
        while above is not None and above not in steps and above != unit:
            steps.append(above)
            above = self._above(above)
        return tuple(step for step in steps if not self.by_id[step].retired)

    def grid_of(self, unit: str) -> str | None:
        """The grid (网格) that coordinates a unit: itself, or the nearest above it."""
        steps = (step for step in (unit, *self.ladder(unit)) if step in self.by_id)
        grids = (step for step in steps if self.by_id[step].relation == "grid")
        return next((step for step in grids if not self.by_id[step].retired), None)

    def deadlines(self, terms: tuple[Term, ...], *, unit: str, start: datetime) -> Deadlines:
        """By when the unit must act, each term counted in the unit's own time."""
        return deadlines({term.clock: self._run(term, unit, start) for term in terms})

    def opening_deadlines(self, terms: tuple[Term, ...], *, unit: str, start: datetime) -> Deadlines:
        """The same of a case that begins: its first response is due from now on, once, in this unit's working time."""
        first = self.run(terms, Clock.FIRST_RESPONSE, unit=unit, start=start)
        due = {"first_response_by": first.until, "first_response_warnings": first.warnings}
        return Deadlines.model_validate({**dict(self.deadlines(terms, unit=unit, start=start)), **due})

    def run(self, terms: tuple[Term, ...], clock: Clock, *, unit: str, start: datetime) -> Run:
        """How a clock runs for the unit, started now; never, where the terms do not say."""
        term = term_of(terms, clock)
        return self._run(term, unit, start) if term else NEVER

    def _run(self, term: Term, unit: str, start: datetime) -> Run:
        return run(term, calendar=self.time_of(unit, term), start=start)

    def warnings(
        self, terms: tuple[Term, ...], *, unit: str, start: datetime, deadline: datetime | None
    ) -> tuple[datetime, ...]:
        """When the unit is reminded of a resolve deadline that was agreed to."""
        term = term_of(terms, Clock.RESOLVE)
        calendar = self.time_of(unit, term)
        return warnings(term, calendar=calendar, start=start, deadline=deadline) if term and deadline else ()

    def resumed(
        self, terms: tuple[Term, ...], *, unit: str, since: datetime, deadline: datetime, now: datetime
    ) -> datetime:
        """A deadline that had stopped at `since`, running on now with what it had left then, in the unit's own time."""
        term = term_of(terms, Clock.RESOLVE)
        if term is not None and not term.working_time and term.working_days is None:
            return now + (deadline - since)
        calendar = self.time_of(unit, term)
        left = Term(clock=Clock.RESOLVE, minutes=minutes_left(calendar, since, deadline))
        # The same minutes end in the evening and at the next opening; a deadline that stood at one stays there.
        return max(deadline, due(left, calendar=calendar, start=now))

    def later(self, unit: str, deadline: datetime, working_days: int) -> datetime:
        """A deadline so many of the unit's working days later."""
        more = Term(clock=Clock.RESOLVE, working_days=working_days)
        return due(more, calendar=self.time_of(unit), start=deadline)

    def _above(self, unit: str | None) -> str | None:
        known = self.by_id.get(unit) if unit else None
        return known.escalates_to if known and known.escalates_to in self.by_id else None


def _by_relation(units: Iterable[UnitDefined]) -> dict[tuple[str, str], str]:
    return {(unit.relation, unit.area): unit.id for unit in units if unit.relation and not unit.retired}
