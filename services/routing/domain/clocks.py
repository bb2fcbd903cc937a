"""Which timers a case wants after its events: one for each clock that was set, none for those that only stopped."""

from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.case.state import Case
from shared.contracts.routing import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerWish:
    """Wake the case at `due_at`; by then a higher generation may have made it stale.

    A report-in is of the unit `called`.
    """

    kind: Clock
    called: str | None = None
    generation: int
    due_at: datetime


def timers_after(before: Case | None, after: Case) -> list[TimerWish]:
    """The timers that `after` needs and `before` did not have."""
    own = [wish for clock in (Clock.ACCEPT, Clock.RESOLVE) for wish in _wishes(before, after, clock)]
    return [*own, *(wish for unit in after.joint for wish in _wishes(before, after, Clock.REPORT_IN, unit))]


def _wishes(before: Case | None, after: Case, clock: Clock, called: str | None = None) -> list[TimerWish]:
    old = before.countdown(clock, called).generation if before else 0
    new = after.countdown(clock, called)
    if new.generation == old or new.due_at is None:
        return []
    return [TimerWish(kind=clock, called=called, generation=new.generation, due_at=new.due_at)]
