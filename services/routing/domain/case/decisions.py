"""How a case begins, what is asked of it afterwards, and what a missed clock brings about."""

from collections.abc import Sequence
from datetime import datetime

from services.routing.domain.case.category import categorise
from services.routing.domain.case.commands import (
    Accept,
    Act,
    AddNote,
    CancelFollowUp,
    Categorise,
    Command,
    DeadlineReached,
    Extend,
    Finish,
    FinishFollowUp,
    FollowThrough,
    FollowUpReached,
    Handle,
    ImportCase,
    Join,
    Joint,
    Leave,
    Merge,
    MoveCase,
    OpenCase,
    RecomputeDeadlines,
    Remind,
    ReportRecurrence,
    Resolve,
    Return,
    RevealContact,
    Split,
    Suspend,
    SuspensionReached,
    Transfer,
    Withdraw,
)
from services.routing.domain.case.contact import reveal
from services.routing.domain.case.extension import extend
from services.routing.domain.case.finishing import finish
from services.routing.domain.case.following_up import follow_up
from services.routing.domain.case.handling import handle
from services.routing.domain.case.history import imported
from services.routing.domain.case.merging import merge
from services.routing.domain.case.moving import move
from services.routing.domain.case.recounting import recompute
from services.routing.domain.case.reminding import remind
from services.routing.domain.case.splitting import split
from services.routing.domain.case.state import Case
from services.routing.domain.case.suspension import suspend
from services.routing.domain.case.whistle import work_together
from services.routing.domain.case.withdrawing import withdraw
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

Handled = Handle | Finish | Categorise | Remind | RevealContact | Merge | Split
# A case that follows another, or that was withdrawn, is nobody's work; what was planned before is still done.
WITHOUT_WORK = AddNote | RevealContact | FinishFollowUp | ReportRecurrence | CancelFollowUp


def decide(case: Case | None, command: Command) -> Sequence[RoutingEvent]:
    """The events that the command brings about.

    Raises:
        RoutingError: the case is not in a state, or the actor not in a place, to do this.
    """
    match command:
        case OpenCase() | ImportCase():
            return _begin(case, command)
        case DeadlineReached():
            return _reached(_known(case), command)
        case SuspensionReached():
            return suspend(_known(case), command)
        case FollowUpReached():
            return follow_up(_known(case), command)
        case Join():
            return merge(_known(case), command)
        case Withdraw() | Leave():
            return withdraw(_known(case), command)
        case MoveCase() | RecomputeDeadlines():
            return _district_changed(_known(case), command)
        case _:
            return _acted(_known(case), command)


def _district_changed(case: Case, command: MoveCase | RecomputeDeadlines) -> Sequence[RoutingEvent]:
    match command:
        case MoveCase():
            return tuple(move(case, command))
        case RecomputeDeadlines():
            return tuple(recompute(case, command))


def _acted(case: Case, command: Act) -> Sequence[RoutingEvent]:
    _check_is_work(case, command)
    if isinstance(command, Joint):
        return work_together(case, command)
    if isinstance(command, Extend):
        return extend(case, command)
    if isinstance(command, Suspend):
        return suspend(case, command)
    if isinstance(command, FollowThrough):
        return follow_up(case, command)
    return _handled(case, command)


def _check_is_work(case: Case, command: Act) -> None:
    if isinstance(command, WITHOUT_WORK):
        return
    if case.is_withdrawn:
        raise WithdrawnError
    if case.master is not None:
        raise MergedError


def _handled(case: Case, command: Handled) -> Sequence[RoutingEvent]:
    match command:
        case Merge():
            return merge(case, command)
        case Split():
            return (split(case, command),)
        case Categorise():
            return (categorise(case, command),)
        case Remind():
            return (remind(case, command),)
        case RevealContact():
            return (reveal(case, command),)
        case Accept() | Return() | Transfer() | AddNote() | Resolve():
            return handle(case, command)
        case _:
            return finish(case, command)


def _known(case: Case | None) -> Case:
    if case is None:
        raise CaseUnknownError
    return case


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
