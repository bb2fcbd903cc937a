"""What a member can ask of their unit's duty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.actor import Actor
from services.routing.domain.on_duty import may_be_on_duty
from shared.contracts.directory import DutyDefined, Role
from shared.contracts.envelope import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What the directory says of a unit: its rota, who of the rota is there, its own people, everybody's role.

    `acting`: rules lead to it, or call it.
    """

    unit: str
    rota: DutyDefined | None
    present: frozenset[str]
    people: frozenset[str]
    roles: Mapping[str, Role]
    acting: bool

    def may_answer(self, person: str) -> bool:
        """Whether somebody's role lets them be on duty for the unit, as the check of a district's file has it."""
        return person in self.roles and may_be_on_duty(self.roles[person], acting=self.acting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, of which unit's duty, and when."""

    by: Actor
    roster: Roster
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Asking):
    """Somebody else answers from now on: for so many hours, or to the end of the turn that runs."""

    change: UUID
    to_person: str
    hours: int | None
    note: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSwap(Asking):
    """Two turns, named by their starts, change hands when who was asked agrees; a lead moves them at once."""

    swap: UUID
    turn: datetime
    other: datetime
    note: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptSwap(Asking):
    """Agreed."""

    swap: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineSwap(Asking):
    """Not agreed."""

    swap: UUID
    reason: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawSwap(Asking):
    """Not needed any more."""

    swap: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseSwap:
    """The first turn of a swap begins; nobody asks for it."""

    unit: str
    swap: UUID
    now: datetime


Command = HandOver | AskSwap | AcceptSwap | DeclineSwap | WithdrawSwap | LapseSwap
