"""The ladder (升级): whom a missed clock tells next, and when the level above that one hears of it."""

from datetime import datetime

from services.routing.domain.case.commands import DeadlineReached
from services.routing.domain.case.state import Case
from services.routing.domain.deadlines import due
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import GRID_OF_THE_PLACE, Units, term_of
from shared.contracts.routing import Clock


def deadline_reached(
    case: Case, units: Units, *, clock: Clock, generation: int, now: datetime, called: str | None = None
) -> DeadlineReached:
    """The command for a timer that fired, with the next step of the ladder filled in.

    A case without a unit climbs from the one that left it: unassigned cases escalate too. A unit that was `called` and
    does not report in climbs its own ladder.
    """
    ladder = _to_be_told(case, units, clock, called)
    return DeadlineReached(
        clock=clock,
        called=called,
        generation=generation,
        next_unit=ladder[0] if ladder else None,
        next_due=_next_due(case, units, clock=clock, told=ladder[0], now=now) if len(ladder) > 1 else None,
        now=now,
    )


def _to_be_told(case: Case, units: Units, clock: Clock, called: str | None) -> tuple[str, ...]:
    """The levels that have not heard of this clock, the next first."""
    ladder = units.ladder(case.unit_of(clock, called) or case.left_unit)
    if clock is Clock.FIRST_RESPONSE:
        # It runs on while the case goes from one ladder to another, where as many levels may be other ones.
        return tuple(level for level in ladder if level not in case.told_of_silence)
    return ladder[case.countdown(clock, called).level :]


def told_of_return(case: Case, units: Units) -> str | None:
    """Who hears that its unit gave the case back: the next level that has not itself, and at the top the last."""
    ladder = units.ladder(case.unit)
    return next((level for level in ladder if level not in case.returned_by), ladder[-1] if ladder else None)


def coordinating(case: Case, rulebook: Rulebook) -> frozenset[str]:
    """The grids (网格) whose the case is as the district is now: that above its unit, and that of its place.

    Where there is no grid any more it is the next level above its unit.
    """
    units, place = rulebook.units, rulebook.places.get(case.matter.place)
    above = units.grid_of(case.unit) if case.unit else None
    near = units.unit_for(GRID_OF_THE_PLACE, place.path) if place else None
    return frozenset(filter(None, (above, near))) or frozenset(units.ladder(case.unit)[:1])


def _next_due(case: Case, units: Units, *, clock: Clock, told: str, now: datetime) -> datetime | None:
    """The unit that is told gets as long as the first had, in its own time."""
    term = term_of(case.terms, clock)
    return due(term, calendar=units.time_of(told, term), start=now) if term else None
