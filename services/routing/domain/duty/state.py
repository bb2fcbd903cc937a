"""A unit's duty as its events made it: who answers in whose place, and the swaps that wait for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from shared.contracts.directory import Cover
from shared.contracts.duty import (
    DutyEvent,
    DutyHandedOver,
    Span,
    SwapAccepted,
    SwapAsked,
    SwapDeclined,
    SwapEvent,
    SwapLapsed,
    SwapWithdrawn,
)
from shared.contracts.envelope import Sealed

# What the page shows of the past; the log has all of it.
HANDED_OVER_KEPT = 3
# Longer than any outage after which somebody would still want to hear that a swap lapsed.
LAPSED_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A swap that was asked for."""

    id: UUID
    from_person: str
    to_person: str
    given: Span
    taken: Span
    note: Sealed
    lapsed: bool = False

    @property
    def lapses_at(self) -> datetime:
        """When its first turn begins, it can be agreed to no more."""
        return min(self.given.start, self.taken.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """One unit's duty, beside its rota; of covers that overlap the last one counts."""

    covers: tuple[Cover, ...] = ()
    swaps: Mapping[UUID, Swap] = field(default_factory=lambda: MappingProxyType({}))
    handed_over: tuple[DutyHandedOver, ...] = ()


def evolve(shifts: Shifts, event: DutyEvent) -> Shifts:
    """The duty after an event; what is over by then is forgotten, a swap that lapsed some time later."""
    current = _without_what_is_over(shifts, event.at)
    match event:
        case DutyHandedOver():
            cover = Cover(person=event.to_person, start=event.start, until=event.until)
            handed_over = (*current.handed_over, event)[-HANDED_OVER_KEPT:]
            return replace(current, covers=(*current.covers, cover), handed_over=handed_over)
        case SwapAsked():
            return replace(current, swaps=MappingProxyType({**current.swaps, event.swap: _asked(event)}))
        case SwapAccepted():
            given = Cover(person=event.to_person, start=event.given.start, until=event.given.until)
            taken = Cover(person=event.from_person, start=event.taken.start, until=event.taken.until)
            return replace(_without(current, event), covers=(*current.covers, given, taken))
        case SwapDeclined() | SwapWithdrawn():
            return _without(current, event)
        case SwapLapsed():
            known = current.swaps.get(event.swap)
            marked = {event.swap: replace(known, lapsed=True)} if known else {}
            return replace(current, swaps=MappingProxyType({**current.swaps, **marked}))


def _asked(event: SwapAsked) -> Swap:
    return Swap(
        id=event.swap,
        from_person=event.from_person,
        to_person=event.to_person,
        given=event.given,
        taken=event.taken,
        note=event.note,
    )


def _without(shifts: Shifts, event: SwapEvent) -> Shifts:
    left = {key: swap for key, swap in shifts.swaps.items() if key != event.swap}
    return replace(shifts, swaps=MappingProxyType(left))


def _without_what_is_over(shifts: Shifts, at: datetime) -> Shifts:
    kept = {key: swap for key, swap in shifts.swaps.items() if swap.lapses_at + LAPSED_KEPT > at}
    covers = tuple(cover for cover in shifts.covers if cover.until > at)
    return replace(shifts, covers=covers, swaps=MappingProxyType(kept))
