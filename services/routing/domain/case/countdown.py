"""One clock of a case: by when, how far up the ladder its misses have climbed, and which timer is the valid one."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """`promise` is what is judged by, and `deadline` what is worked to: rework gets a fresh one of these alone.

    `due_at` is when somebody is told next, none while the clock stands still: its unit at each of the `warnings` to
    come, the ladder from the deadline on. So a clock has one timer at a time, whatever it has to say.
    """

    generation: int = 0
    promise: datetime | None = None
    deadline: datetime | None = None
    warnings: tuple[datetime, ...] = ()
    due_at: datetime | None = None
    level: int = 0
    missed: bool = False

    def started(self, deadline: datetime | None, warnings: tuple[datetime, ...] = ()) -> "Countdown":
        """Running anew to a fresh deadline; none means no SLA, and no clock."""
        ahead = tuple(moment for moment in warnings if deadline is not None and moment < deadline)
        return Countdown(
            generation=self.generation + 1,
            promise=deadline,
            deadline=deadline,
            warnings=ahead,
            due_at=ahead[0] if ahead else deadline,
        )

    def started_again(self, deadline: datetime | None, warnings: tuple[datetime, ...] = ()) -> "Countdown":
        """Running anew, since the work was not good; or else a late case would become punctual by its rework."""
        return replace(self.started(deadline, warnings), promise=deadline if self.promise is None else self.promise)

    def moved(self, deadline: datetime | None, warnings: tuple[datetime, ...] = ()) -> "Countdown":
        """Running to a deadline that was agreed to. What is judged by comes no earlier: rework is worked to sooner."""
        started = self.started(deadline, warnings)
        promises = [moment for moment in (self.promise, deadline) if moment is not None]
        return replace(started, promise=max(promises, default=None))

    def resumed(
        self, deadline: datetime | None, warnings: tuple[datetime, ...] = (), judged_by: datetime | None = None
    ) -> "Countdown":
        """Running on after it stood still, to what it had left then, and judged by what the promise had left."""
        return replace(self.started(deadline, warnings), promise=self.moved(judged_by or deadline).promise)

    def recounted(self, deadline: datetime, warnings: tuple[datetime, ...] = ()) -> "Countdown":
        """Running to the same end by another calendar; what is judged by goes along where it was that end."""
        started = self.started(deadline, warnings)
        return replace(started, promise=deadline if self.promise == self.deadline else self.promise)

    def promised(self, deadline: datetime | None) -> "Countdown":
        """A deadline that is kept for the record while no clock runs."""
        return replace(self, promise=deadline if self.promise is None else self.promise, deadline=deadline, due_at=None)

    def stopped(self) -> "Countdown":
        """The reason is gone; a timer still on its way is stale."""
        return replace(self, due_at=None)

    def over(self) -> "Countdown":
        """What it was for has happened, and nobody is asked for it again."""
        return replace(self, deadline=None, warnings=(), due_at=None)

    def paused(self) -> "Countdown":
        """Standing still for a while; what was promised counts again when it runs on."""
        return replace(self, generation=self.generation + 1, deadline=None, warnings=(), due_at=None)

    def next_after(self, now: datetime) -> datetime | None:
        """Who is told late is told once: the next warning that is still to come, otherwise the deadline."""
        return next((moment for moment in self.warnings if moment > now), self.deadline)

    def warned(self, next_due: datetime) -> "Countdown":
        """The unit was reminded; the next that anybody hears is at `next_due`."""
        ahead = tuple(moment for moment in self.warnings if moment >= next_due)
        return replace(self, generation=self.generation + 1, warnings=ahead, due_at=next_due)

    def warns_at(self, now: datetime) -> bool:
        """Whether what is due now is a reminder: once the deadline has passed too, it would come too late."""
        return not self.missed and self.deadline is not None and now < self.deadline

    def missed_once(self) -> "Countdown":
        """The deadline passed; until the ladder says who is next, nobody more is told."""
        return replace(self, due_at=None, warnings=(), missed=True)

    def raised(self, level: int, next_due: datetime | None) -> "Countdown":
        """The next level has been told; the one above it hears at `next_due`."""
        return replace(self, generation=self.generation + 1, level=level, due_at=next_due, missed=True)

    def is_due(self, generation: int, now: datetime) -> bool:
        """Whether the timer of this generation still matters."""
        return generation == self.generation and self.due_at is not None and self.due_at <= now

    def kept(self, done_at: datetime) -> bool | None:
        """Whether it was done in time; none where nothing was promised."""
        return None if self.promise is None else done_at <= self.promise
