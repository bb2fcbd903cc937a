"""What each event makes of a case."""

from dataclasses import replace

from services.routing.domain.case.follow_up import OnFollowUp, follow_ups_after
from services.routing.domain.case.joint import JointEvent, parts_after
from services.routing.domain.case.more_time import Extension, Suspension
from services.routing.domain.case.question import questions_after
from services.routing.domain.case.recounting import after_recount
from services.routing.domain.case.replacing import after_replacement
from services.routing.domain.case.state import BY_DISTRICT, BY_HAND, Case, Status
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.domain.reminders import Reminder
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseJoined,
    CaseLeft,
    CaseMerged,
    CaseNoted,
    CaseOpened,
    CaseReminded,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseSplit,
    CaseTransferred,
    CaseWithdrawn,
    Clock,
    ConferenceHeld,
    ConferenceMissed,
    ContactRevealed,
    DeadlineMissed,
    DeadlineRecomputed,
    DeadlineWarned,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    FollowedEvent,
    FollowUpRecurred,
    JointTaskDeclined,
    JointTaskEntrusted,
    ReporterWithdrew,
    RoutingEvent,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
    VerificationFailed,
    VerificationPassed,
)

OnExtension = ExtensionAsked | ExtensionGranted | ExtensionRefused | ExtensionWithdrawn
OnSuspension = SuspensionAsked | SuspensionGranted | SuspensionRefused | SuspensionWithdrawn | SuspensionEnded
AtUnit = CaseAssigned | CaseAccepted | CaseReturned | CaseTransferred
Written = CaseNoted | CaseReminded | ConferenceHeld | ConferenceMissed
AtWork = Written | CaseCategorised | CaseResolved | VerificationPassed | VerificationFailed | CaseClosed | CaseReopened
OnClock = DeadlineWarned | DeadlineMissed | CaseEscalated | AwaitedUnitReplaced
Together = CaseMerged | CaseJoined | CaseLeft | CaseSplit | CaseWithdrawn | ReporterWithdrew
Later = AtUnit | AtWork | OnClock | OnExtension | OnSuspension | Together | JointEvent | OnFollowUp


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
    if isinstance(event, ContactRevealed):
        return replace(case, looks=case.looks + 1)
    after = after_recount(case, event) if isinstance(event, DeadlineRecomputed) else _evolved(case, event)
    questions = questions_after(after.questions, event)
    if questions is not after.questions:
        after = replace(after, questions=questions)
    return replace(after, looks=0) if after.looks else after


def _evolved(case: Case, event: Later) -> Case:
    if isinstance(event, FollowedEvent) and event.via is not None:
        return _following(case, event)
    if isinstance(event, OnSuspension):
        return _on_suspension(case, event)
    if isinstance(event, JointEvent | OnFollowUp):
        return _beside(case, event)
    match event:
        case CaseAssigned() | CaseAccepted() | CaseReturned() | CaseTransferred():
            return _at_unit(case, event)
        case DeadlineWarned() | DeadlineMissed() | CaseEscalated() | AwaitedUnitReplaced():
            return _on_clock(case, event)
        case ExtensionAsked() | ExtensionGranted() | ExtensionRefused() | ExtensionWithdrawn():
            return _on_extension(case, event)
        case CaseMerged() | CaseJoined() | CaseLeft() | CaseSplit() | CaseWithdrawn() | ReporterWithdrew():
            return _together(case, event)
        case _:
            return _at_work(case, event)


def _beside(case: Case, event: JointEvent | OnFollowUp) -> Case:
    if isinstance(event, OnFollowUp):
        came_of_it = (event.other,) if isinstance(event, FollowUpRecurred) else ()
        follow_ups = follow_ups_after(case.follow_ups, event)
        return replace(case, follow_ups=follow_ups, split_off=(*case.split_off, *came_of_it))
    return replace(_watched(case, _seen_by(event)), joint=parts_after(case.joint, event))


def _at_unit(case: Case, event: AtUnit) -> Case:
    match event:
        case CaseAssigned():
            return _assigned(case, event)
        case CaseAccepted(unit=unit):
            return replace(case, status=Status.ACCEPTED, unit=unit, accept=case.accept.stopped())
        case CaseReturned():
            return _returned(case, event)
        case CaseTransferred(from_unit=from_unit):
            left = replace(case, left_unit=from_unit or case.left_unit, extension=None, suspension=None)
            return replace(left, status=Status.UNASSIGNED, unit=None)


def _at_work(case: Case, event: AtWork) -> Case:
    match event:
        case CaseNoted() | CaseReminded() | ConferenceHeld() | ConferenceMissed():
            return _written(case, event)
        case CaseCategorised(matter=matter):
            return replace(case, matter=matter)
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


def _written(case: Case, event: Written) -> Case:
    return replace(case, reminded=Reminder(event.unit, event.at)) if isinstance(event, CaseReminded) else case


def _resolved(case: Case, event: CaseResolved) -> Case:
    due = event.deadlines
    verify = case.verify if event.history else case.verify.started(due.verify_by, due.verify_warnings)
    return replace(
        _watched(case, event.to_unit),
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


def _on_clock(case: Case, event: OnClock) -> Case:
    if isinstance(event, AwaitedUnitReplaced):
        return after_replacement(_watched(case, event.to_unit), event)
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
                return replace(raised, watching=_with(case.watching, to_unit))
            return replace(raised, told=_with(case.told, to_unit))


def _on_extension(case: Case, event: OnExtension) -> Case:
    match event:
        case ExtensionAsked(by=by, resolve_by=resolve_by, to_unit=to_unit):
            return replace(_watched(case, to_unit), extension=Extension(by=by, to_unit=to_unit, resolve_by=resolve_by))
        case ExtensionGranted(deadlines=deadlines):
            moved = case.resolve.moved(deadlines.resolve_by, deadlines.resolve_warnings)
            return replace(case, extension=None, resolve=moved)
        case ExtensionRefused() | ExtensionWithdrawn():
            return replace(case, extension=None)


def _on_suspension(case: Case, event: OnSuspension) -> Case:
    match event:
        case SuspensionAsked(at=at, by=by, until=until, to_unit=to_unit):
            asked = Suspension(by=by, to_unit=to_unit, asked_at=at, until=until)
            return replace(_watched(case, to_unit), suspension=asked)
        case SuspensionGranted():
            return _suspended(case, event)
        case SuspensionRefused() | SuspensionWithdrawn():
            return replace(case, suspension=None)
        case SuspensionEnded(deadlines=due, judged_by=judged_by):
            resumed = case.resolve.resumed(due.resolve_by, due.resolve_warnings, judged_by)
            return replace(case, suspension=None, resolve=resumed)


def _suspended(case: Case, event: SuspensionGranted) -> Case:
    deadline, asked = case.resolve.deadline, case.suspension
    known = asked or Suspension(by=event.by, to_unit=None, asked_at=event.at, until=event.until)
    since = event.at if deadline is None or event.at < deadline else known.asked_at
    granted = replace(known, until=event.until, since=since, deadline=deadline)
    return replace(case, suspension=granted, resolve=case.resolve.paused())


def _seen_by(event: JointEvent) -> str | None:
    match event:
        case JointTaskDeclined(to_unit=unit):
            return unit
        case JointTaskEntrusted(from_unit=unit):
            # Who brought the units together, and led them, sees what becomes of it.
            return unit
        case _:
            return None


def _together(case: Case, event: Together) -> Case:
    match event:
        case CaseMerged(into=into, deadlines=deadlines):
            asked_no_more = replace(case, status=Status.MERGED, master=into, extension=None, suspension=None)
            judged_by = replace(case.resolve.stopped(), promise=deadlines.resolve_by, deadline=deadlines.resolve_by)
            return replace(asked_no_more, accept=case.accept.stopped(), resolve=judged_by)
        case CaseJoined(duplicate=duplicate):
            return replace(case, duplicates=(*case.duplicates, duplicate))
        case CaseLeft(duplicate=duplicate):
            return replace(case, duplicates=tuple(each for each in case.duplicates if each != duplicate))
        case CaseSplit(other=other):
            return replace(case, split_off=(*case.split_off, other))
        case ReporterWithdrew():
            return replace(case, reporter_withdrew=True)
        case CaseWithdrawn():
            ended = replace(case, status=Status.CLOSED, reporter_withdrew=True, extension=None, suspension=None)
            clocks = case.accept.stopped(), case.resolve.stopped(), case.verify.stopped()
            return replace(ended, accept=clocks[0], resolve=clocks[1], verify=clocks[2])


def _following(case: Case, event: FollowedEvent) -> Case:
    """It goes along with its master, by no clock of its own; what it is judged by moves with its master's."""
    match event:
        case CaseResolved(by=by, at=at):
            return replace(case, status=Status.RESOLVED, resolved_by=by, resolved_at=at)
        case VerificationPassed():
            return replace(case, status=Status.VERIFIED)
        case VerificationFailed():
            return replace(case, status=Status.MERGED)
        case CaseClosed():
            return replace(case, status=Status.CLOSED)
        case CaseReopened(deadlines=deadlines, history=history):
            anew = replace(case, status=Status.MERGED, resolved_by=None, resolved_at=None, history=history)
            return replace(anew, resolve=case.resolve.started(deadlines.resolve_by).stopped())
        case ExtensionGranted(deadlines=deadlines):
            return replace(case, resolve=case.resolve.moved(deadlines.resolve_by).stopped())
        case SuspensionEnded(deadlines=deadlines, judged_by=judged_by):
            return replace(case, resolve=case.resolve.resumed(deadlines.resolve_by, (), judged_by).stopped())
        case _:
            return case


def _watched(case: Case, unit: str | None) -> Case:
    """Who is asked to decide sees the case from then on."""
    return replace(case, watching=_with(case.watching, unit)) if unit else case


def _with(units: tuple[str, ...], unit: str) -> tuple[str, ...]:
    return units if unit in units else (*units, unit)


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
    return replace(assigned, accept=case.accept.started(due.accept_by, due.accept_warnings), resolve=resolve)


def _returned(case: Case, event: CaseReturned) -> Case:
    told = (event.to_unit,) if event.to_unit and event.to_unit not in case.told else ()
    returned_by = _with(case.returned_by, event.unit)
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
