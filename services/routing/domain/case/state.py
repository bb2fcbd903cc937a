"""What a case is after its events: status, unit, clocks; the texts and names it carries stay in the events."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.follow_up import FollowUps, FollowUpState, OnFollowUp, follow_ups_after
from services.routing.domain.case.joint import JointEvent, Part, Parts, PartState, parts_after
from services.routing.domain.case.more_time import Extension, Suspension
from services.routing.domain.errors import CaseUnknownError
from shared.contracts.intake import Channel
from shared.contracts.routing import (
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseNoted,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    Clock,
    ConferenceHeld,
    ConferenceMissed,
    ContactRevealed,
    DeadlineMissed,
    Deadlines,
    DeadlineWarned,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    FollowUpTerm,
    JointTaskDeclined,
    JointTaskEntrusted,
    Matter,
    RoutingEvent,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
    Term,
    Verification,
    VerificationFailed,
    VerificationPassed,
)

BY_HAND = "staff"
FROM_HISTORY = "history"
BY_DISTRICT = "district"


class Status(StrEnum):
    """How far the case has come."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    CLOSED = "closed"


DONE = frozenset({Status.RESOLVED, Status.VERIFIED, Status.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the decider needs to know. `told` are units informed by ladder or return; `left_unit` gave it up last.

    `looks` is how many of its last events say only that somebody looked at the contact, which changes nothing.
    """

    id: UUID
    matter: Matter
    channel: Channel
    status: Status = Status.UNASSIGNED
    unit: str | None = None
    left_unit: str | None = None
    told: tuple[str, ...] = ()
    rule: str | None = None
    terms: tuple[Term, ...] = ()
    follow_up_terms: tuple[FollowUpTerm, ...] = ()
    accept: Countdown = field(default_factory=Countdown)
    resolve: Countdown = field(default_factory=Countdown)
    verify: Countdown = field(default_factory=Countdown)
    verification: Verification | None = None
    verifier: str | None = None
    observed_until: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    joint: Parts = field(default_factory=dict)
    follow_ups: FollowUps = field(default_factory=dict)
    extension: Extension | None = None
    suspension: Suspension | None = None
    watching: tuple[str, ...] = ()
    looks: int = 0
    history: bool = False

    @property
    def is_suspended(self) -> bool:
        """Whether its resolve clock stands still."""
        return self.suspension is not None and self.suspension.is_granted

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """What called units have still to do."""
        return tuple(part for part in self.joint.values() if part.is_open)

    @property
    def called_units(self) -> frozenset[str]:
        """Who was called and not let go: it takes part, or took part."""
        gone = (PartState.RELEASED, PartState.TAKEN_OVER)
        return frozenset(part.unit for part in self.joint.values() if part.state not in gone)

    @property
    def invited_units(self) -> frozenset[str]:
        """Who sees the case for a part or a follow-up of its own, past ones too, though it may not have the case."""
        following = (each for each in self.follow_ups.values() if each.state is not FollowUpState.CANCELLED)
        return self.called_units | {each.unit for each in following}

    @property
    def deadlines(self) -> Deadlines:
        """By when it must, or had to, be accepted and resolved."""
        return Deadlines(accept_by=self.accept.deadline, resolve_by=self.resolve.deadline)

    def unit_of(self, clock: Clock, called: str | None = None) -> str | None:
        """For whom a clock runs: the unit that is called, or that verifies, otherwise the one that has the case."""
        return called or (self.verifier if clock is Clock.VERIFY else None) or self.unit

    def countdown(self, clock: Clock, called: str | None = None) -> Countdown:
        """The state of one of its clocks; that of a report-in is the called unit's."""
        match clock:
            case Clock.ACCEPT:
                return self.accept
            case Clock.RESOLVE:
                return self.resolve
            case Clock.VERIFY:
                return self.verify
            case Clock.REPORT_IN:
                part = self.joint.get(called or "")
                return part.report_in if part else Countdown()
            case Clock.FOLLOW_UP:
                # There may be many, each with its own; they have a command of their own.
                return Countdown()

    def with_countdown(self, clock: Clock, countdown: Countdown, called: str | None = None) -> "Case":
        """The case with one of its clocks moved."""
        match clock:
            case Clock.ACCEPT:
                return replace(self, accept=countdown)
            case Clock.RESOLVE:
                return replace(self, resolve=countdown)
            case Clock.VERIFY:
                return replace(self, verify=countdown)
            case Clock.REPORT_IN:
                part = self.joint.get(called or "")
                moved = {part.unit: replace(part, report_in=countdown)} if part else {}
                return replace(self, joint={**self.joint, **moved})
            case Clock.FOLLOW_UP:
                return self


OnExtension = ExtensionAsked | ExtensionGranted | ExtensionRefused | ExtensionWithdrawn
OnSuspension = SuspensionAsked | SuspensionGranted | SuspensionRefused | SuspensionWithdrawn | SuspensionEnded
AtUnit = CaseAssigned | CaseAccepted | CaseReturned | CaseTransferred
Written = CaseNoted | ConferenceHeld | ConferenceMissed
AtWork = Written | CaseCategorised | CaseResolved | VerificationPassed | VerificationFailed | CaseClosed | CaseReopened
OnClock = DeadlineWarned | DeadlineMissed | CaseEscalated
Later = AtUnit | AtWork | OnClock | OnExtension | OnSuspension | JointEvent | OnFollowUp


def evolve(case: Case | None, event: RoutingEvent) -> Case:
    """The case after the event.

    Raises:
        CaseUnknownError: the stream does not begin with `CaseOpened`.
    """
    if isinstance(event, CaseOpened):
        return Case(id=event.case_id, matter=event.matter, channel=event.channel, history=event.history)
    if case is None:
        raise CaseUnknownError
    if isinstance(event, ContactRevealed):
        return replace(case, looks=case.looks + 1)
    after = _evolved(case, event)
    return replace(after, looks=0) if after.looks else after


def _evolved(case: Case, event: Later) -> Case:
    if isinstance(event, OnSuspension):
        return _on_suspension(case, event)
    if isinstance(event, OnFollowUp):
        return replace(case, follow_ups=follow_ups_after(case.follow_ups, event))
    if isinstance(event, JointEvent):
        return replace(_watched(case, _seen_by(event)), joint=parts_after(case.joint, event))
    match event:
        case CaseAssigned() | CaseAccepted() | CaseReturned() | CaseTransferred():
            return _at_unit(case, event)
        case DeadlineWarned() | DeadlineMissed() | CaseEscalated():
            return _on_clock(case, event)
        case ExtensionAsked() | ExtensionGranted() | ExtensionRefused() | ExtensionWithdrawn():
            return _on_extension(case, event)
        case _:
            return _at_work(case, event)


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
        case CaseNoted() | ConferenceHeld() | ConferenceMissed():
            return case
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
    late = event.from_unit if isinstance(event, CaseEscalated) else event.unit
    countdown = case.countdown(event.clock, late)
    match event:
        case DeadlineWarned(clock=clock, next_due=next_due):
            return case.with_countdown(clock, countdown.warned(next_due), late)
        case DeadlineMissed(clock=clock):
            return case.with_countdown(clock, countdown.missed_once(), late)
        case CaseEscalated(clock=clock, level=level, next_due=next_due, to_unit=to_unit):
            raised = case.with_countdown(clock, countdown.raised(level, next_due), late)
            if clock in (Clock.REPORT_IN, Clock.FOLLOW_UP):
                # It hears of its own unit's absence or omission; the case of another is not its to give away.
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
        case SuspensionEnded(deadlines=deadlines):
            moved = case.resolve.moved(deadlines.resolve_by, deadlines.resolve_warnings)
            return replace(case, suspension=None, resolve=moved)


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
    told_too = replace(case, told=(*case.told, *told), extension=None, suspension=None)
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
        accept=case.accept.started(due.accept_by, due.accept_warnings),
        resolve=case.resolve.started(due.resolve_by, due.resolve_warnings),
        verify=case.verify.stopped(),
        resolved_by=None,
        resolved_at=None,
        history=event.history,
    )
