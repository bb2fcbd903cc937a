"""What a member can ask of their unit's duty."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.actor import Actor
from shared.contracts.directory import DutyDefined
from shared.contracts.envelope import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What the directory says of a unit: its rota, who of the rota is there, and its own people."""

    unit: str
    rota: DutyDefined | None
    present: frozenset[str]
    people: frozenset[str]


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


Command = HandOver | AskSwap | AcceptSwap | DeclineSwap | WithdrawSwap
