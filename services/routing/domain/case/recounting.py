"""重算时限: running clocks of a case end at another moment, since somebody asked to count them by what changed.

What ran out, stopped or stands still is left alone, and nobody becomes late by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.command import Command
from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves
from services.routing.domain.case.follow_up import FollowUp, FollowUpState
from services.routing.domain.case.state import Case
from shared.contracts.routing import Clock, DeadlineRecomputed


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """A running clock that would end at another moment.

    It is of a `called` unit where it is a report-in, and of who asked where it is an answer. A `follow_up` must be done
    by it; `due` is when its unit would be reminded, none where that has happened.
    """

    clock: Clock
    called: str | None = None
    follow_up: UUID | None = None
    unit: str
    before: datetime
    after: datetime
    warnings: tuple[datetime, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecomputeDeadlines(Command):
    """These clocks are counted by the calendars and rotas of this edition."""

    edition: int
    clocks: tuple[Recounted, ...]
    now: datetime


@decides
def recompute(case: Case, command: RecomputeDeadlines) -> Iterator[DeadlineRecomputed]:
    """An event for each clock that still runs to the moment that was found; none for what has changed meanwhile."""
    for each in command.clocks:
        event = _of_clock(case, each, command) if each.follow_up is None else _of_follow_up(case, each, command)
        if event is not None:
            yield event


def _of_clock(case: Case, found: Recounted, command: RecomputeDeadlines) -> DeadlineRecomputed | None:
    running = case.countdown(found.clock, found.called)
    if not _moves(running, found, command.now):
        return None
    ahead = tuple(moment for moment in found.warnings if moment > command.now)
    question = case.questions.get(found.called or "") if found.clock is Clock.ANSWER else None
    return DeadlineRecomputed(
        case_id=case.id,
        at=command.now,
        history=case.history,
        clock=found.clock,
        unit=case.unit_of(found.clock, found.called),
        edition=command.edition,
        before=found.before,
        deadline=found.after,
        warnings=ahead,
        judged_by=running.recounted(found.after, ahead).promise if found.clock is Clock.RESOLVE else None,
        asked_by=question.asked_by if question else None,
        about=question.about if question else None,
    )


def _moves(running: Countdown, found: Recounted, now: datetime) -> bool:
    is_running = running.due_at is not None and not running.missed and running.deadline == found.before
    return is_running and found.before != found.after and now < min(found.before, found.after)


def _of_follow_up(case: Case, found: Recounted, command: RecomputeDeadlines) -> DeadlineRecomputed | None:
    known = case.follow_ups.get(found.follow_up) if found.follow_up else None
    if known is None or not _is_as_found(known, found) or command.now >= min(found.before, found.due or found.after):
        return None
    return DeadlineRecomputed(
        case_id=case.id,
        at=command.now,
        clock=Clock.FOLLOW_UP,
        unit=known.unit,
        edition=command.edition,
        before=found.before,
        deadline=found.after,
        follow_up=known.id,
        occurrence=known.occurrence,
        due=found.due,
    )


def _is_as_found(known: FollowUp, found: Recounted) -> bool:
    state = FollowUpState.DUE if found.due is None else FollowUpState.PLANNED
    return known.state is state and known.deadline == found.before != found.after


@evolves
def after_recount(case: Case, event: DeadlineRecomputed) -> Case:
    """The case with the clock moved; one that follows another has no clock of its own that would run."""
    if event.follow_up is not None:
        known = case.follow_ups[event.follow_up].recounted(due=event.due, deadline=event.deadline)
        return replace(case, follow_ups={**case.follow_ups, known.id: known})
    whose = event.asked_by or event.unit
    moved = case.countdown(event.clock, whose).recounted(event.deadline, event.warnings)
    return case.with_countdown(event.clock, moved if event.via is None else moved.stopped(), whose)


def concerns(event: DeadlineRecomputed, duplicate: Case) -> bool:
    """Whether it moves what a case that follows this one is judged by: not where that is a promise of its own."""
    return event.judged_by == event.deadline and duplicate.resolve.promise == event.before
