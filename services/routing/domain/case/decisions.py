"""How a case begins, what is asked of it afterwards, and what a missed clock brings about."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.case.commands import (
    Act,
    AddNote,
    CancelFollowUp,
    Command,
    DeadlineReached,
    FinishFollowUp,
    ImportCase,
    OpenCase,
    ReportRecurrence,
    RevealContact,
)
from services.routing.domain.case.deciding import DECIDERS, decides
from services.routing.domain.case.history import imported
from services.routing.domain.case.state import Case
from services.routing.domain.errors.handling import AlreadyOpenedError, CaseUnknownError, WithdrawnError
from services.routing.domain.errors.merging import MergedError
from shared.contracts.routing import (
    RULE,
    About,
    CaseAssigned,
    CaseCategorised,
    CaseEscalated,
    CaseOpened,
    Clock,
    DeadlineMissed,
    DeadlineWarned,
    Matter,
    RoutingEvent,
    WhistleBlown,
)

# A case that follows another, or that was withdrawn, is nobody's work; what was planned before is still done.
WITHOUT_WORK = AddNote | RevealContact | FinishFollowUp | ReportRecurrence | CancelFollowUp


def decide(case: Case | None, command: Command) -> Sequence[RoutingEvent]:
    """The events that the command brings about.

    Raises:
        RoutingError: the case is not in a state, or the actor not in a place, to do this.
    """
    if isinstance(command, OpenCase | ImportCase):
        return _begin(case, command)
    if case is None:
        raise CaseUnknownError
    if isinstance(command, Act):
        _check_is_work(case, command)
    return tuple(DECIDERS[type(command)](case, command))


def _check_is_work(case: Case, command: Act) -> None:
    if isinstance(command, WITHOUT_WORK):
        return
    if case.is_withdrawn:
        raise WithdrawnError
    if case.master is not None:
        raise MergedError


def _begin(case: Case | None, command: OpenCase | ImportCase) -> Sequence[RoutingEvent]:
    if case is not None:
        raise AlreadyOpenedError
    match command:
        case OpenCase():
            return _opened(command)
        case ImportCase():
            return imported(command)


def _opened(command: OpenCase) -> Sequence[RoutingEvent]:
    opened = CaseOpened(
        case_id=command.case_id,
        at=command.now,
        matter=command.matter,
        channel=command.channel,
        text=command.text,
        attachments=command.attachments,
        split_from=command.split_from,
        link=command.link,
        stated_urgency=command.stated_urgency,
    )
    guessed = _guessed(command)
    matter = guessed[0].matter if guessed else command.matter
    return (opened, *guessed, _assigned(command, matter), *_called_at_once(command, matter))


def _guessed(command: OpenCase) -> Sequence[CaseCategorised]:
    guess = command.guess
    if guess is None:
        return ()
    matter = command.matter.model_copy(update={"category": guess.category})
    return (
        CaseCategorised(
            case_id=command.case_id, at=command.now, category=guess.category, matched=guess.words, matter=matter
        ),
    )


def _called_at_once(command: OpenCase, matter: Matter) -> Sequence[WhistleBlown]:
    lead = command.assignment.unit
    return [
        WhistleBlown(
            case_id=command.case_id,
            at=command.now,
            unit=call.unit,
            lead=lead,
            by=RULE,
            by_unit=lead,
            task=call.task,
            matter=matter,
            report_by=call.report_by,
            report_warnings=call.warnings,
        )
        for call in command.calls
    ]


def _assigned(command: OpenCase, matter: Matter) -> CaseAssigned:
    assignment = command.assignment
    return CaseAssigned(
        case_id=command.case_id,
        at=command.now,
        unit=assignment.unit,
        matter=matter,
        trace=assignment.trace,
        deadlines=assignment.deadlines,
        terms=assignment.terms,
        verification=assignment.verification,
        follow_ups=assignment.follow_ups,
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
