"""What the duty page shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain.hours import HoursAhead
from services.routing.pages.views import Staff
from shared.contracts.directory import Name, Role
from shared.web.forms import EMPTY_FORM, Form


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
    """One of the unit's people, and whether their role lets them take the duty over; no phone is ever shown."""

    id: str
    name: str
    role: Role
    on_duty: bool
    may_be_on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapShown:
    """A swap that waits for an answer: the turn of who asked, the other's, and why."""

    id: UUID
    given: TurnShown
    taken: TurnShown
    words: str
    may_answer: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOverShown:
    """A turn that was handed over lately, with what the other needs to know."""

    at: datetime
    from_name: str
    turn: TurnShown
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPage:
    """`duty.html`: the member's own unit with its people, hours and changes, then the other units that they see.

    `lapsed` are swaps that nobody answered before their first turn began: everybody answers as before.

    `moves_at_once` is whether a swap is done without asking; `form` is that of `refused`: `hand-over`, `swap`, or
    `decline-<swap>`. Fields: hand-over to, hours, note; swap turn, other (starts), note; decline note; all carry the
    hidden form_token.
    """

    staff: Staff
    form_token: str
    own: UnitOnDuty
    people: Sequence[PersonShown]
    hours: HoursAhead | None
    handed_over: Sequence[HandedOverShown] = ()
    swaps: Sequence[SwapShown] = ()
    lapsed: Sequence[SwapShown] = ()
    may_hand_over: bool = False
    may_give: Sequence[TurnShown] = ()
    may_take: Sequence[TurnShown] = ()
    moves_at_once: bool = False
    others: Sequence[UnitOnDuty] = ()
    form: Form = EMPTY_FORM
    refused: str = ""

    def form_of(self, what: str) -> Form:
        """The form of one act: as typed when it was refused, empty otherwise."""
        return self.form if what == self.refused else EMPTY_FORM
