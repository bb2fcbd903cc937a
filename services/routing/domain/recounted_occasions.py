"""Follow-ups counted again after a calendar or rota changed: on another day, or to be done by another moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.follow_up import FollowUp, FollowUpState, Occasion
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.case.state import Case
from services.routing.domain.occasions import next_occasion, occasion
from services.routing.domain.units import Units
from shared.contracts.routing import Clock, FollowUpPlanned, FollowUpReminded, RoutingEvent, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """When and by which terms a time was planned, after which one before it; the first after so many days."""

    at: datetime
    terms: tuple[Term, ...]
    time_before: FollowUp | None
    after_days: int | None


@dataclass(slots=True)
class Occasions:
    """How the latest time of each follow-up was counted, as its events tell; none stands for what is not known."""

    _planned: dict[UUID, _Planned | None] = field(default_factory=dict)

    def hear(self, event: RoutingEvent, before: Case | None, after: Case) -> None:
        """One more event of the case."""
        match event:
            case FollowUpPlanned(follow_up=follow_up, after_days=after_days, at=at):
                known = before.follow_ups.get(follow_up) if before else None
                is_known = after_days is not None if known is None else known.occurrence < event.occurrence
                planned = _Planned(at=at, terms=after.terms, time_before=known, after_days=after_days)
                # The same time again is another unit's by an edition, on the day that was planned before.
                self._planned[follow_up] = planned if is_known else None
            case FollowUpReminded(follow_up=follow_up, deadline=deadline, unit=unit):
                known = before.follow_ups[follow_up] if before else None
                if known is None or (known.unit, known.deadline) != (unit, deadline):
                    # The reminder came too late, and brought a deadline of its own; or to another unit.
                    self._planned[follow_up] = None
            case _:
                pass

    def recounted(self, case: Case, units: Units, *, now: datetime) -> Iterator[Recounted]:
        """Those that calendars and rotas of now would have done by another moment; none that would be over by now."""
        for known in case.follow_ups.values():
            planned = self._planned.get(known.id)
            if planned is None or not known.is_awaited or known.unit not in units.by_id:
                continue
            found = _anew(known, planned, units)
            is_ahead = found is not None and now < min(known.clock.due_at or now, found.due or found.after)
            if found is not None and is_ahead and found.after != found.before:
                yield found


def _anew(known: FollowUp, planned: _Planned, units: Units) -> Recounted | None:
    if known.state is FollowUpState.DUE:
        # The day has come: it is not another one any more, but may end earlier or later.
        today = occasion(units, known.unit, start=known.due, days=0, terms=planned.terms)
        return _found(known, due=None, deadline=today.deadline)
    counted = _occasion(known, planned, units)
    return _found(known, due=counted.due, deadline=counted.deadline) if counted else None


def _occasion(known: FollowUp, planned: _Planned, units: Units) -> Occasion | None:
    if planned.time_before is not None:
        return next_occasion(units, planned.time_before, now=planned.at, terms=planned.terms)
    if planned.after_days is None:
        return None
    return occasion(
        units,
        known.unit,
        start=planned.at,
        days=planned.after_days,
        working_days=known.working_days,
        terms=planned.terms,
    )


def _found(known: FollowUp, *, due: datetime | None, deadline: datetime) -> Recounted:
    return Recounted(
        clock=Clock.FOLLOW_UP, follow_up=known.id, unit=known.unit, before=known.deadline, after=deadline, due=due
    )
