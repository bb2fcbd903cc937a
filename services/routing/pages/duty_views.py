"""What the duty page shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.hours import HoursAhead
from services.routing.pages.views import Staff
from shared.contracts.directory import Name, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnShown:
    """Who answers from then on, and until when; no end where nobody else follows. `mine`: who looks at the page."""

    name: str
    start: datetime
    until: datetime | None
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOnDuty:
    """Who answers for a unit now, none where nobody does, and who comes later."""

    unit_name: Name
    now: TurnShown | None
    later: Sequence[TurnShown] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """One of the unit's people; no phone is ever shown."""

    name: str
    role: Role
    on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPage:
    """`duty.html`: the member's own unit with its people and hours, then the other units that they see."""

    staff: Staff
    own: UnitOnDuty
    people: Sequence[PersonShown]
    hours: HoursAhead | None
    others: Sequence[UnitOnDuty]
