"""到点: what a clock brings about that has run to a warn point, or out, while its reason still stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.routing.domain.case.commands import DeadlineReached
from services.routing.domain.case.deciding import decides
from services.routing.domain.case.evolving import evolves, with_unit
from services.routing.domain.case.state import Case
from shared.contracts.routing import (
    About,
    CaseEscalated,
    Clock,
    DeadlineMissed,
    DeadlineWarned,
    RoutingEvent,
)


@decides
def _reached(case: Case, command: DeadlineReached) -> Sequence[RoutingEvent]:
    countdown = case.countdown(command.clock, command.called)
    if countdown.deadline is None or not countdown.is_due(command.generation, command.now):
        return ()
    if countdown.warns_at(command.now):
        return (_warned(case, command, countdown.deadline),)
    asked_by, about = _asked(case, command)
    missed = DeadlineMissed(
        case_id=case.id,
        at=command.now,
        clock=command.clock,
        unit=case.unit_of(command.clock, command.called),
        matter=case.matter,
        deadline=countdown.deadline,
        asked_by=asked_by,
        about=about,
    )
    # A deadline is missed once; the steps of the ladder that follow only tell more people.
    return (*(() if countdown.missed else (missed,)), *_escalated(case, command, level=countdown.level + 1))


def _asked(case: Case, command: DeadlineReached) -> tuple[str | None, About | None]:
    """Whose question waits, and what it is, where the clock is that of an answer."""
    question = case.questions.get(command.called or "") if command.clock is Clock.ANSWER else None
    return (question.asked_by, question.about) if question else (None, None)


def _warned(case: Case, command: DeadlineReached, deadline: datetime) -> DeadlineWarned:
    countdown, (asked_by, about) = case.countdown(command.clock, command.called), _asked(case, command)
    return DeadlineWarned(
        case_id=case.id,
        at=command.now,
        clock=command.clock,
        unit=case.unit_of(command.clock, command.called),
        matter=case.matter,
        deadline=deadline,
        next_due=countdown.next_after(command.now) or deadline,
        asked_by=asked_by,
        about=about,
    )


def _escalated(case: Case, command: DeadlineReached, *, level: int) -> Sequence[CaseEscalated]:
    if command.next_unit is None:
        return ()
    asked_by, about = _asked(case, command)
    escalated = CaseEscalated(
        case_id=case.id,
        at=command.now,
        clock=command.clock,
        level=level,
        from_unit=case.unit_of(command.clock, command.called),
        to_unit=command.next_unit,
        matter=case.matter,
        next_due=command.next_due,
        asked_by=asked_by,
        about=about,
    )
    return (escalated,)


@evolves
def _evolved(case: Case, event: DeadlineWarned | DeadlineMissed | CaseEscalated) -> Case:
    late = event.asked_by or (event.from_unit if isinstance(event, CaseEscalated) else event.unit)
    countdown = case.countdown(event.clock, late)
    match event:
        case DeadlineWarned(clock=clock, next_due=next_due):
            return case.with_countdown(clock, countdown.warned(next_due), late)
        case DeadlineMissed(clock=clock):
            return case.with_countdown(clock, countdown.missed_once(), late)
        case CaseEscalated(clock=clock, level=level, next_due=next_due, to_unit=to_unit):
            raised = case.with_countdown(clock, countdown.raised(level, next_due), late)
            if clock in (Clock.REPORT_IN, Clock.FOLLOW_UP, Clock.ANSWER):
                # It hears of its own unit's absence, omission or silence; the case of another is not its to give away.
                return replace(raised, watching=with_unit(case.watching, to_unit))
            silence = (to_unit,) if clock is Clock.FIRST_RESPONSE else ()
            told = with_unit(case.told, to_unit)
            return replace(raised, told=told, told_of_silence=(*case.told_of_silence, *silence))
