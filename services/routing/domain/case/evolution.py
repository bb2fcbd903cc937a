"""What each event makes of a case."""

from collections.abc import Mapping
from dataclasses import replace

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.evolving import AFTER, evolves, watched, with_unit
from services.routing.domain.case.question import questions_after
from services.routing.domain.case.recounting import after_recount
from services.routing.domain.case.state import BY_DISTRICT, BY_HAND, Case, Status
from services.routing.domain.errors.handling import CaseUnknownError
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    CaseWithdrawn,
    Clock,
    DeadlineMissed,
    DeadlineRecomputed,
    Deadlines,
    DeadlineWarned,
    ExtensionGranted,
    FollowedEvent,
    RoutingEvent,
    SuspensionEnded,
    VerificationFailed,
    VerificationPassed,
)

AtUnit = CaseAssigned | CaseAccepted | CaseReturned | CaseTransferred
AtWork = CaseResolved | VerificationPassed | VerificationFailed | CaseClosed | CaseReopened
OnClock = DeadlineWarned | DeadlineMissed | CaseEscalated


def evolve(case: Case | None, event: RoutingEvent) -> Case:
    """The case after the event.

    Raises:
        CaseUnknownError: the stream does not begin with `CaseOpened`.
    """
    if isinstance(event, CaseOpened):
        begun = Case(id=event.case_id, matter=event.matter, channel=event.channel, history=event.history)
        return replace(begun, split_from=event.split_from, link=event.link)
    if case is None:
        raise CaseUnknownError
    if isinstance(event, FollowedEvent) and event.via is not None:
        after = _following(case, event)
    else:
        after = AFTER[type(event)](case, event)
    questions = questions_after(after.questions, event)
    if questions is not after.questions:
        after = replace(after, questions=questions)
    # Looks count while nothing else has happened since.
    return replace(after, looks=0) if after.looks and after.looks == case.looks else after


@evolves
def _at_unit(case: Case, event: AtUnit) -> Case:
    match event:
        case CaseAssigned():
            return _assigned(case, event)
        case CaseAccepted(unit=unit):
            accepted = replace(case, status=Status.ACCEPTED, unit=unit, accept=case.accept.stopped())
            return replace(accepted, first_response=case.first_response.over())
        case CaseReturned():
            return _returned(case, event)
        case CaseTransferred(from_unit=from_unit):
            left = replace(case, left_unit=from_unit or case.left_unit, extension=None, suspension=None)
            return replace(left, status=Status.UNASSIGNED, unit=None)


@evolves
def _at_work(case: Case, event: AtWork) -> Case:
    match event:
        case CaseResolved():
            return _resolved(case, event)
        case VerificationPassed():
            return replace(case, status=Status.VERIFIED, verify=case.verify.stopped())
        case VerificationFailed(deadlines=deadlines):
            again = case.resolve.started_again(deadlines.resolve_by, deadlines.resolve_warnings)
            resolve = case.resolve.promised(deadlines.resolve_by) if case.history else again
            return replace(case, status=Status.ACCEPTED, resolve=resolve, verify=case.verify.stopped())
        case CaseClosed():
            return replace(case, status=Status.CLOSED, accept=case.accept.stopped(), resolve=case.resolve.stopped())
        case CaseReopened():
            return _reopened(case, event)


def _resolved(case: Case, event: CaseResolved) -> Case:
    due = event.deadlines
    verify = case.verify if event.history else case.verify.started(due.verify_by, due.verify_warnings)
    return replace(
        watched(case, event.to_unit),
        status=Status.RESOLVED,
        unit=event.unit,
        resolved_by=event.by,
        resolved_at=event.at,
        extension=None,
        suspension=None,
        accept=case.accept.stopped(),
        resolve=case.resolve.stopped(),
        verify=verify,
        verifier=event.to_unit,
        observed_until=event.observed_until,
    )


@evolves
def _on_clock(case: Case, event: OnClock) -> Case:
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


@evolves
def _together(case: Case, event: CaseMerged | CaseWithdrawn) -> Case:
    match event:
        case CaseMerged(into=into, deadlines=deadlines):
            asked_no_more = replace(case, status=Status.MERGED, master=into, extension=None, suspension=None)
            judged_by = replace(case.resolve.stopped(), promise=deadlines.resolve_by, deadline=deadlines.resolve_by)
            ended = replace(asked_no_more, accept=case.accept.stopped(), first_response=case.first_response.over())
            return replace(ended, resolve=judged_by)
        case CaseWithdrawn():
            ended = replace(case, status=Status.CLOSED, reporter_withdrew=True, extension=None, suspension=None)
            stopped = replace(ended, accept=case.accept.stopped(), first_response=case.first_response.over())
            return replace(stopped, resolve=case.resolve.stopped(), verify=case.verify.stopped())


# What a merged case is after its master's work was judged.
FOLLOWS_AS: Mapping[type[FollowedEvent], Status] = {
    VerificationPassed: Status.VERIFIED,
    VerificationFailed: Status.MERGED,
    CaseClosed: Status.CLOSED,
}


def _following(case: Case, event: FollowedEvent) -> Case:
    """It goes along with its master, by no clock of its own; what it is judged by moves with its master's."""
    match event:
        case CaseResolved(by=by, at=at):
            return replace(case, status=Status.RESOLVED, resolved_by=by, resolved_at=at)
        case VerificationPassed() | VerificationFailed() | CaseClosed():
            return replace(case, status=FOLLOWS_AS[type(event)])
        case CaseReopened(deadlines=deadlines, history=history):
            anew = replace(case, status=Status.MERGED, resolved_by=None, resolved_at=None, history=history)
            return replace(anew, resolve=case.resolve.started(deadlines.resolve_by).stopped())
        case DeadlineRecomputed():
            return after_recount(case, event)
        case ExtensionGranted(deadlines=deadlines):
            return replace(case, resolve=case.resolve.moved(deadlines.resolve_by).stopped())
        case SuspensionEnded(deadlines=deadlines, judged_by=judged_by):
            return replace(case, resolve=case.resolve.resumed(deadlines.resolve_by, (), judged_by).stopped())
        case _:
            return case


def _assigned(case: Case, event: CaseAssigned) -> Case:
    assigned = replace(
        case,
        status=Status.ASSIGNED,
        unit=event.unit,
        matter=event.matter,
        rule=case.rule if event.trace.rule in (BY_HAND, BY_DISTRICT) else event.trace.rule,
        terms=event.terms,
        verification=event.verification,
        follow_up_terms=event.follow_ups,
    )
    if event.history:
        accept_by, resolve_by = event.deadlines.accept_by, event.deadlines.resolve_by
        return replace(assigned, accept=case.accept.promised(accept_by), resolve=case.resolve.promised(resolve_by))
    # A transfer brings the resolve deadline that already runs: to start it again would hide how late the case is.
    due = event.deadlines
    same = due.resolve_by == case.resolve.deadline
    resolve = case.resolve if same else case.resolve.started(due.resolve_by, due.resolve_warnings)
    accept = case.accept.started(due.accept_by, due.accept_warnings)
    return replace(assigned, accept=accept, first_response=_first_response(case, due), resolve=resolve)


def _first_response(case: Case, due: Deadlines) -> Countdown:
    """Started once: whoever has the case next is to respond by when the first was, or it could go round for ever."""
    first = case.first_response
    if first.generation or due.first_response_by is None:
        return first
    return first.started(due.first_response_by, due.first_response_warnings)


def _returned(case: Case, event: CaseReturned) -> Case:
    told = (event.to_unit,) if event.to_unit and event.to_unit not in case.told else ()
    returned_by = with_unit(case.returned_by, event.unit)
    told_too = replace(case, told=(*case.told, *told), returned_by=returned_by, extension=None, suspension=None)
    left = replace(told_too, status=Status.UNASSIGNED, unit=None, left_unit=event.unit)
    runs_on = case.status is Status.ASSIGNED or case.history
    due = event.deadlines
    return left if runs_on else replace(left, accept=case.accept.started(due.accept_by, due.accept_warnings))


def _reopened(case: Case, event: CaseReopened) -> Case:
    due = event.deadlines
    return replace(
        case,
        status=Status.ASSIGNED,
        unit=event.unit,
        returned_by=(),
        accept=case.accept.started(due.accept_by, due.accept_warnings),
        resolve=case.resolve.started(due.resolve_by, due.resolve_warnings),
        verify=case.verify.stopped(),
        resolved_by=None,
        resolved_at=None,
        history=event.history,
    )
