"""Who is on duty for the units that a member sees, and their own unit's people, hours, swaps and hand-overs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.routing.domain.case.actor import Actor
from services.routing.domain.duty import Shifts, Swap
from services.routing.domain.duty.commands import Roster
from services.routing.domain.hours import HoursAhead, hours_ahead
from services.routing.domain.permissions import DUTY_TABLE, Whose
from services.routing.handlers.accounts import Member
from services.routing.handlers.inbox import units_offered
from services.routing.handlers.reading import opened
from services.routing.handlers.service import Routing
from services.routing.handlers.shifts import SHIFTS, roster_of, stream_of_shifts
from shared.contracts.directory import PersonDefined, UnitDefined
from shared.directory import Directory
from shared.directory.rota import SHANGHAI, Turn

# Who asked on Friday reads it on Monday.
LAPSED_SHOWN_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDuty:
    """A unit's turn that runs now, none where nobody answers; and those after it, the earliest first."""

    unit: UnitDefined
    now: Turn | None
    later: Sequence[Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRead:
    """The member's own unit with its people, hours and changes, and the other units that they see.

    `lapsed` are swaps that nobody answered in time, for some days.
    """

    viewer: Actor
    own: UnitDuty
    roster: Roster
    people: Sequence[PersonDefined]
    hours: HoursAhead | None
    shifts: Shifts
    swaps: Sequence[Swap]
    lapsed: Sequence[Swap]
    others: Sequence[UnitDuty]

    def acts_for(self, person: str) -> bool:
        """Whether the member may act on that person's turns, by the table of permissions."""
        own = self.viewer.role in DUTY_TABLE and person == self.viewer.person
        return own or self.leads

    @property
    def may_hand_over(self) -> bool:
        """Whether the turn that runs is theirs to hand over."""
        return self.own.now is not None and self.acts_for(self.own.now.person)

    @property
    def leads(self) -> bool:
        """Whether they move everybody's turns at once."""
        return DUTY_TABLE.get(self.viewer.role) is Whose.UNIT

    @property
    def may_give(self) -> list[Turn]:
        """The turns ahead that they may give away in a swap."""
        return [turn for turn in self._swappable if self.acts_for(turn.person)]

    @property
    def may_take(self) -> list[Turn]:
        """The turns ahead that may come in return."""
        return [turn for turn in self._swappable if self.leads or turn.person != self.viewer.person]

    @property
    def _swappable(self) -> list[Turn]:
        return [turn for turn in self.own.later if turn.until and self.roster.may_answer(turn.person)]


async def read_duty(service: Routing, member: Member) -> DutyRead:
    """The duty as it stands now."""
    # Who has just handed over is shown so, whichever process took it.
    service.directory.look_again()
    directory, at = await service.directory.current(), service.runtime.ground.clock.now()
    own = member.actor.unit
    calendar = directory.calendars.get(directory.units[own].calendar)
    roster = roster_of(directory, await service.rulebooks.current(), own)
    others = [unit for unit in units_offered(member, directory) if unit.id != own]
    shifts = (await service.runtime.store.load(stream_of_shifts(own), SHIFTS)).state
    return DutyRead(
        viewer=member.actor,
        own=_duty(directory, directory.units[own], at),
        roster=roster,
        people=[each for each in directory.people.values() if each.id in roster.people],
        hours=hours_ahead(calendar, at.astimezone(SHANGHAI).date()) if calendar else None,
        shifts=shifts,
        swaps=[swap for swap in shifts.swaps.values() if swap.lapses_at > at],
        lapsed=[swap for swap in shifts.swaps.values() if at - LAPSED_SHOWN_FOR < swap.lapses_at <= at],
        others=[_duty(directory, unit, at) for unit in others],
    )


async def names_in(service: Routing, read: DutyRead) -> dict[str, str]:
    """The names of all who are in it, by one query; a person who was erased, or is unknown, is shown by their id."""
    people = (await service.directory.current()).people
    named = {*_on_duty(read), *_in_changes(read), *(person.id for person in read.people)}
    boxes = {person: people[person].name for person in named if person in people}
    texts = await opened(service, boxes.values())
    return {person: (texts[boxes[person].box] if person in boxes else None) or person for person in named}


def _on_duty(read: DutyRead) -> set[str]:
    units = (read.own, *read.others)
    return {turn.person for unit in units for turn in (unit.now, *unit.later) if turn}


def _in_changes(read: DutyRead) -> set[str]:
    asked = {person for each in (*read.swaps, *read.lapsed) for person in (each.from_person, each.to_person)}
    return asked | {person for each in read.shifts.handed_over for person in (each.from_person, each.to_person)}


def _duty(directory: Directory, unit: UnitDefined, at: datetime) -> UnitDuty:
    ahead = directory.turns(unit.id, at)
    now = ahead[0] if ahead and ahead[0].start <= at else None
    return UnitDuty(unit=unit, now=now, later=ahead[1:] if now else ahead)
