"""Which timers a case wants after its events: one for each clock that was set, none for those that only stopped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.state import Case
from shared.contracts.routing import Clock

# The others are each of a called unit, a question or a follow-up.
OF_THE_CASE = (Clock.ACCEPT, Clock.FIRST_RESPONSE, Clock.RESOLVE, Clock.VERIFY)
SUSPENSION: Literal["suspension"] = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerWish:
    """Wake the case at `due_at`; by then a higher generation may have made it stale.

    A report-in is of the unit `called`, an answer of who asked; for a follow-up, its id stands there. Beside the
    clocks there is the end of a suspension.
    """

    kind: Clock | Literal["suspension"]
    called: str | None = None
    generation: int
    due_at: datetime


def timers_after(before: Case | None, after: Case) -> list[TimerWish]:
    """The timers that `after` needs and `before` did not have."""
    own = [wish for clock in OF_THE_CASE for wish in _wishes(before, after, clock)]
    joint = [wish for unit in after.joint for wish in _wishes(before, after, Clock.REPORT_IN, unit)]
    asked = [wish for unit in after.questions for wish in _wishes(before, after, Clock.ANSWER, unit)]
    return [*own, *joint, *asked, *_end_of_suspension(before, after), *_of_follow_ups(before, after)]


def _of_follow_ups(before: Case | None, after: Case) -> list[TimerWish]:
    known = before.follow_ups if before else {}
    clocks = {each.id: each.clock for each in known.values()}
    return [
        TimerWish(kind=Clock.FOLLOW_UP, called=str(each.id), generation=each.clock.generation, due_at=each.clock.due_at)
        for each in after.follow_ups.values()
        if each.clock.due_at is not None and clocks.get(each.id, Countdown()).generation != each.clock.generation
    ]


def _end_of_suspension(before: Case | None, after: Case) -> list[TimerWish]:
    stood_still = before is not None and before.is_suspended
    if stood_still or after.suspension is None or not after.is_suspended:
        return []
    return [TimerWish(kind=SUSPENSION, generation=after.resolve.generation, due_at=after.suspension.until)]


def _wishes(before: Case | None, after: Case, clock: Clock, called: str | None = None) -> list[TimerWish]:
    old = before.countdown(clock, called).generation if before else 0
    new = after.countdown(clock, called)
    if new.generation == old or new.due_at is None:
        return []
    return [TimerWish(kind=clock, called=called, generation=new.generation, due_at=new.due_at)]
