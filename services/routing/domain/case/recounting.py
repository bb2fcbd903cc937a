"""重算时限: running clocks of a case end at another moment, since somebody asked to count them by a changed calendar.

What ran out, stopped or stands still is left alone, and nobody becomes late by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.state import Case
from shared.contracts.routing import Clock, DeadlineRecomputed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """A running clock that would end at another moment; of which `called` unit, where it is a report-in."""

    clock: Clock
    called: str | None = None
    unit: str
    before: datetime
    after: datetime
    warnings: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecomputeDeadlines:
    """These clocks are counted by the calendar of this edition."""

    edition: int
    clocks: tuple[Recounted, ...]
    now: datetime


def recompute(case: Case, command: RecomputeDeadlines) -> Iterator[DeadlineRecomputed]:
    """An event for each clock that still runs to the moment that was found; none for what has changed meanwhile."""
    for each in command.clocks:
        running = case.countdown(each.clock, each.called)
        if not _moves(running, each, command.now):
            continue
        ahead = tuple(moment for moment in each.warnings if moment > command.now)
        moved = running.recounted(each.after, ahead)
        yield DeadlineRecomputed(
            case_id=case.id,
            at=command.now,
            history=case.history,
            clock=each.clock,
            unit=case.unit_of(each.clock, each.called),
            edition=command.edition,
            before=each.before,
            deadline=each.after,
            warnings=ahead,
            judged_by=moved.promise if each.clock is Clock.RESOLVE else None,
        )


def _moves(running: Countdown, found: Recounted, now: datetime) -> bool:
    is_running = running.due_at is not None and not running.missed and running.deadline == found.before
    return is_running and found.before != found.after and now < min(found.before, found.after)


def after_recount(case: Case, event: DeadlineRecomputed) -> Case:
    """The case with the clock moved; one that follows another has no clock of its own that would run."""
    moved = case.countdown(event.clock, event.unit).recounted(event.deadline, event.warnings)
    return case.with_countdown(event.clock, moved if event.via is None else moved.stopped(), event.unit)


def concerns(event: DeadlineRecomputed, duplicate: Case) -> bool:
    """Whether it moves what a case that follows this one is judged by: not where that is a promise of its own."""
    return event.judged_by == event.deadline and duplicate.resolve.promise == event.before
