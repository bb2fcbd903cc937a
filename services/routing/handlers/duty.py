"""Who is on duty for the units that a member sees, until when, who is next; and their own unit's people and hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.hours import HoursAhead, hours_ahead
from services.routing.handlers.accounts import Member
from services.routing.handlers.inbox import units_offered
from services.routing.handlers.service import Routing
from shared.contracts.directory import PersonDefined, UnitDefined
from shared.directory import Directory
from shared.directory.rota import SHANGHAI, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDuty:
    """A unit's turn that runs now, none where nobody answers; and those after it, the earliest first."""

    unit: UnitDefined
    now: Turn | None
    later: Sequence[Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRead:
    """The member's own unit with its people and hours, and the other units that they see."""

    own: UnitDuty
    people: Sequence[PersonDefined]
    hours: HoursAhead | None
    others: Sequence[UnitDuty]


async def read_duty(service: Routing, member: Member) -> DutyRead:
    """The duty as it stands now."""
    directory, at = await service.directory.current(), service.runtime.ground.clock.now()
    own = member.actor.unit
    calendar = directory.calendars.get(directory.units[own].calendar)
    others = [unit for unit in units_offered(member, directory) if unit.id != own]
    return DutyRead(
        own=_duty(directory, directory.units[own], at),
        people=[each for each in directory.people.values() if each.unit == own and not each.retired],
        hours=hours_ahead(calendar, at.astimezone(SHANGHAI).date()) if calendar else None,
        others=[_duty(directory, unit, at) for unit in others],
    )


def _duty(directory: Directory, unit: UnitDefined, at: datetime) -> UnitDuty:
    ahead = directory.turns(unit.id, at)
    now = ahead[0] if ahead and ahead[0].start <= at else None
    return UnitDuty(unit=unit, now=now, later=ahead[1:] if now else ahead)
