"""How a case begins, and who decides what is asked of it afterwards."""

from collections.abc import Sequence

from services.routing.domain.case.commands import (
    Act,
    AddNote,
    CancelFollowUp,
    Command,
    FinishFollowUp,
    ImportCase,
    OpenCase,
    ReportRecurrence,
    RevealContact,
)
from services.routing.domain.case.deciding import DECIDERS
from services.routing.domain.case.history import imported
from services.routing.domain.case.state import Case
from services.routing.domain.errors.handling import AlreadyOpenedError, CaseUnknownError, WithdrawnError
from services.routing.domain.errors.merging import MergedError
from shared.contracts.routing import (
    RULE,
    CaseAssigned,
    CaseCategorised,
    CaseOpened,
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
        taken_by=command.taken_by,
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
