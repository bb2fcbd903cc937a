"""The state of one follow-up (回头看): work that keeps the fix, once or several times, with its clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.domain.case.actor import Actor
from services.routing.domain.case.command import Act, Command
from services.routing.domain.case.countdown import Countdown
from shared.contracts.envelope import Attachment, Sealed
from shared.contracts.routing import (
    FollowUpCancelled,
    FollowUpDone,
    FollowUpMissed,
    FollowUpPlanned,
    FollowUpRecurred,
    FollowUpReminded,
    Wording,
)


class FollowUpState(StrEnum):
    """How its latest time stands."""

    PLANNED = "planned"
    DUE = "due"
    DONE = "done"
    RECURRED = "recurred"
    MISSED = "missed"
    CANCELLED = "cancelled"


AWAITED = frozenset({FollowUpState.PLANNED, FollowUpState.DUE})
# A missed one without a next time stands before everybody's eyes until somebody says what becomes of it.
OPEN = frozenset({*AWAITED, FollowUpState.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One time of a follow-up: when the unit is reminded, and by when it must be done."""

    due: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """`occurrence` is which time of `times` this is; `missed` and `done` are how often it was either before."""

    id: UUID
    unit: str
    task: Sealed | None
    by_rule: Wording | None
    occurrence: int
    times: int
    every_days: int | None
    working_days: bool
    due: datetime
    deadline: datetime
    state: FollowUpState = FollowUpState.PLANNED
    clock: Countdown = field(default_factory=Countdown)
    done: int = 0
    missed: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to do, or to say, something about it."""
        return self.state in OPEN

    @property
    def is_awaited(self) -> bool:
        """Whether its unit can still do it in time."""
        return self.state in AWAITED

    def recounted(self, *, due: datetime | None, deadline: datetime) -> "FollowUp":
        """Due and to be done at other moments by a changed calendar; `due` is none once its unit was reminded."""
        clock = self.clock.started(due or deadline)
        return replace(self, due=due or self.due, deadline=deadline, clock=clock)

    @property
    def comes_again(self) -> bool:
        """Whether another time follows this one."""
        return self.every_days is not None and self.occurrence < self.times


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A follow-up to be planned: for whom, when first, and how often. The words of a person come beside it, sealed."""

    id: UUID
    unit: str
    by_rule: Wording | None = None
    occasion: Occasion
    after_days: int | None = None
    every_days: int | None = None
    working_days: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFollowUp(Act):
    """Somebody who has or coordinates the case plans work that keeps the fix (安排回头看)."""

    by: Actor
    plan: Plan
    task: Sealed
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishFollowUp(Act):
    """The actor's unit did it; `again` is the next time, if there is one."""

    by: Actor
    follow_up: UUID
    note: Sealed
    evidence: tuple[Attachment, ...] = ()
    again: Occasion | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRecurrence(Act):
    """The actor's unit looked, and the trouble is back: `other` is the id of the case that it becomes."""

    by: Actor
    follow_up: UUID
    other: UUID
    words: Sealed
    evidence: tuple[Attachment, ...] = ()
    again: Occasion | None = None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelFollowUp(Act):
    """Somebody who may plan it says that it is not to be done (取消回头看)."""

    by: Actor
    follow_up: UUID
    reason: Sealed
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpReached(Command):
    """A follow-up's timer fired: it is due until `deadline`, or missed, and then `again` is its next time.

    `unit` does it now, where the district has the one no more that it was planned for.
    """

    follow_up: UUID
    generation: int
    unit: str | None = None
    deadline: datetime
    again: Occasion | None = None
    next_unit: str | None = None
    now: datetime


FollowUps = Mapping[UUID, FollowUp]
Ended = FollowUpDone | FollowUpRecurred | FollowUpMissed
OnFollowUp = FollowUpPlanned | FollowUpReminded | Ended | FollowUpCancelled
STATE_AFTER: Mapping[type[OnFollowUp], FollowUpState] = {
    FollowUpPlanned: FollowUpState.PLANNED,
    FollowUpReminded: FollowUpState.DUE,
    FollowUpDone: FollowUpState.DONE,
    FollowUpRecurred: FollowUpState.RECURRED,
    FollowUpMissed: FollowUpState.MISSED,
    FollowUpCancelled: FollowUpState.CANCELLED,
}


def follow_ups_after(known: FollowUps, event: OnFollowUp) -> FollowUps:
    """The follow-ups after one more event."""
    if isinstance(event, FollowUpPlanned):
        return {**known, event.follow_up: _planned(known.get(event.follow_up), event)}
    before = known.get(event.follow_up)
    return {**known, event.follow_up: _moved(before, event)} if before else known


def _planned(before: FollowUp | None, event: FollowUpPlanned) -> FollowUp:
    # The next time's timers must be told from those of the time before.
    clock = before.clock if before else Countdown()
    return FollowUp(
        id=event.follow_up,
        unit=event.unit,
        task=event.task,
        by_rule=event.by_rule,
        occurrence=event.occurrence,
        times=event.times,
        every_days=event.every_days,
        working_days=event.working_days,
        due=event.due,
        deadline=event.deadline,
        clock=clock.started(event.due),
        done=before.done if before else 0,
        missed=before.missed if before else 0,
    )


def _moved(before: FollowUp, event: FollowUpReminded | Ended | FollowUpCancelled) -> FollowUp:
    moved = replace(before, state=STATE_AFTER[type(event)])
    match event:
        case FollowUpReminded(unit=unit, deadline=deadline):
            return replace(moved, unit=unit, deadline=deadline, clock=before.clock.started(deadline))
        case FollowUpDone() | FollowUpRecurred():
            return replace(moved, clock=before.clock.stopped(), done=before.done + 1)
        case FollowUpMissed():
            return replace(moved, clock=before.clock.missed_once(), missed=before.missed + 1)
        case FollowUpCancelled():
            return replace(moved, clock=before.clock.stopped())
