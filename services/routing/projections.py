"""Routing's own events to rows: the cases that the desk lists, and the directory as everybody follows it."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.routing.domain.case.follow_up import STATE_AFTER as FOLLOW_UP_AFTER
from services.routing.domain.case.follow_up import FollowUpState, OnFollowUp
from services.routing.domain.case.joint import STATE_AFTER, JointEvent, PartState
from services.routing.domain.case.question import ABOUT, Asking, answered_by
from services.routing.domain.case.state import NO_RULES, Status
from services.routing.domain.repeats import is_split_off
from services.routing.queries import SQL
from shared.contracts.directory import DirectoryRecord
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseClosed,
    CaseEscalated,
    CaseEvent,
    CaseJoined,
    CaseLeft,
    CaseMerged,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseTransferred,
    CaseWithdrawn,
    Clock,
    DeadlineRecomputed,
    ExtensionAsked,
    ExtensionGranted,
    FollowedEvent,
    FollowUpPlanned,
    FollowUpReminded,
    JointTaskDeclined,
    JointTaskEntrusted,
    JointTaskInsisted,
    Matter,
    RoutingEvent,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    Urgency,
    VerificationFailed,
    VerificationPassed,
    WhistleBlown,
)
from shared.directory import DirectoryFollower
from shared.kernel.event_store import Project, Recorded, Rows

Columns = dict[str, Any]
# Those of the case itself; the others are of a called unit, a question or a follow-up.
CASE_CLOCKS = (Clock.ACCEPT, Clock.FIRST_RESPONSE, Clock.RESOLVE, Clock.VERIFY)
# Where the list reads by when a clock of the case runs.
RUNS_UNTIL = {clock: f"{clock.value}_by" for clock in CASE_CLOCKS}
# What is asked, whom, and by when that is to be answered.
Asked = tuple[str, str | None, datetime | None]


def projecting(directory: DirectoryFollower) -> Project:
    """What the log calls in each append's transaction."""

    def project(recorded: Sequence[Recorded]) -> Sequence[Rows]:
        records = [each.event for each in recorded if isinstance(each.event, DirectoryRecord)]
        cases = [each for each in recorded if isinstance(each.event, CaseEvent)]
        return [*case_rows(cases), *directory.rows(records)]

    return project


def case_rows(recorded: Sequence[Recorded]) -> list[Rows]:
    """Begin and change the rows of these cases, one row a case however many events it got."""
    begun, changed = collapsed(recorded)
    rows: list[Rows] = []
    if begun:
        texts = [json.dumps(columns) for columns in begun.values()]
        rows += Rows(SQL["add_cases"], (texts,)), Rows(SQL["add_rule_hits"], (texts,))
    if changed:
        texts = [json.dumps(columns) for columns in changed.values()]
        rows.append(Rows(SQL["change_cases"], (list(changed), texts)))
    events = [each.event for each in recorded]
    told = [(unit, event.case_id, by_ladder(event)) for event in events if (unit := told_by(event)) is not None]
    questions = questions_of(recorded)
    of_several: dict[str, Sequence[tuple[Any, ...]]] = {
        "put_parts": parts_of(recorded),
        "drop_questions": [of for of, question in questions.items() if question is None],
        "put_questions": [(*of, *question) for of, question in questions.items() if question is not None],
        "put_follow_ups": follow_ups_of(recorded),
        "add_told": told,
    }
    return rows + [Rows(SQL[name], tuple(zip(*each, strict=True))) for name, each in of_several.items() if each]


def questions_of(recorded: Sequence[Recorded]) -> dict[tuple[UUID, str], Asked | None]:
    """By case and the unit that asked: what it asks, whom, and by when; none once it waits no more.

    A unit has one question at a time, so that the last event counts.
    """
    last: dict[tuple[UUID, str], Asked | None] = {}
    for each in recorded:
        event = each.event
        if isinstance(event, Asking):
            last[event.case_id, event.unit] = (ABOUT[type(event)].value, event.to_unit, event.answer_by)
        elif isinstance(event, DeadlineRecomputed) and event.asked_by and event.about:
            last[event.case_id, event.asked_by] = (event.about.value, event.unit, event.deadline)
        elif isinstance(event, AwaitedUnitReplaced) and event.asked_by and event.about:
            last[event.case_id, event.asked_by] = (event.about.value, event.to_unit, event.deadline)
        elif not event.history and (unit := answered_by(event)):
            last[event.case_id, unit] = None
    return last


def told_by(event: RoutingEvent) -> str | None:
    """The unit that sees the case from this event on, though it does not have it."""
    match event:
        case CaseEscalated(to_unit=unit) | JointTaskDeclined(to_unit=unit) | JointTaskEntrusted(from_unit=unit):
            return unit
        case CaseReturned(to_unit=unit) | CaseResolved(to_unit=unit):
            return unit
        case ExtensionAsked(to_unit=unit) | SuspensionAsked(to_unit=unit) | AwaitedUnitReplaced(to_unit=unit):
            return unit
        case _:
            return None


def by_ladder(event: RoutingEvent) -> bool:
    """Whether the unit was told that the case itself waits, or was given back: such a one may verify it too."""
    return isinstance(event, CaseReturned) or (isinstance(event, CaseEscalated) and event.clock in CASE_CLOCKS)


def parts_of(recorded: Sequence[Recorded]) -> list[tuple[UUID, str, str, datetime | None]]:
    """Called units with how far they have come, and by when who is still awaited must report in; the last counts."""
    last: dict[tuple[UUID, str], tuple[str, datetime | None]] = {}
    for event in (each.event for each in recorded):
        if isinstance(event, JointEvent):
            last[event.case_id, event.unit] = (STATE_AFTER[type(event)].value, _report_by(event))
        elif isinstance(event, DeadlineRecomputed) and event.clock is Clock.REPORT_IN and event.unit:
            last[event.case_id, event.unit] = (PartState.CALLED.value, event.deadline)
    return [(*of, *part) for of, part in last.items()]


def follow_ups_of(recorded: Sequence[Recorded]) -> list[tuple[UUID, UUID, str, str, datetime | None]]:
    """Follow-ups with their unit, how far their latest time has come, and by when it must be done where that is new."""
    rows: dict[UUID, tuple[UUID, UUID, str, str, datetime | None]] = {}
    for event in (each.event for each in recorded):
        if isinstance(event, DeadlineRecomputed) and event.follow_up and event.unit:
            state = (FollowUpState.PLANNED if event.due else FollowUpState.DUE).value
            rows[event.follow_up] = (event.case_id, event.follow_up, event.unit, state, event.deadline)
        if not isinstance(event, OnFollowUp):
            continue
        known = rows.get(event.follow_up)
        deadline = (
            event.deadline if isinstance(event, FollowUpPlanned | FollowUpReminded) else known[4] if known else None
        )
        state = FOLLOW_UP_AFTER[type(event)].value
        rows[event.follow_up] = (event.case_id, event.follow_up, event.unit, state, deadline)
    return list(rows.values())


def _report_by(event: JointEvent) -> datetime | None:
    return event.report_by if isinstance(event, WhistleBlown | JointTaskInsisted) else None


def collapsed(recorded: Sequence[Recorded]) -> tuple[dict[UUID, Columns], dict[UUID, Columns]]:
    """The columns of cases that begin here, and what changed of the others."""
    begun: dict[UUID, Columns] = {}
    changed: defaultdict[UUID, Columns] = defaultdict(dict)
    for each in recorded:
        case_id = each.event.case_id
        if isinstance(each.event, CaseOpened):
            begun[case_id] = _begun(each.event)
        row = begun[case_id] if case_id in begun else changed[case_id]
        row.update(columns_of(each.event), version=each.version)
        if case_id in begun and isinstance(each.event, CaseAssigned) and each.event.trace.rule not in NO_RULES:
            begun[case_id].setdefault("rule", each.event.trace.rule)
    return begun, changed


def _begun(event: CaseOpened) -> Columns:
    return {
        "id": str(event.case_id),
        "number": event.matter.number,
        "again": False,
        "opened_at": event.at.isoformat(),
        "split_off": is_split_off(event),
        "text": event.text.model_dump(),
    }


def columns_of(event: RoutingEvent) -> Columns:
    """What an event changes of its case's row."""
    match event:
        case DeadlineRecomputed(clock=clock, deadline=deadline):
            return {RUNS_UNTIL[clock]: deadline.isoformat()} if clock in RUNS_UNTIL else {}
        case FollowedEvent(via=UUID()):
            return _following(event)
        case CaseMerged() | CaseJoined() | CaseLeft() | CaseWithdrawn():
            return _together(event)
        case AwaitedUnitReplaced(clock=clock, to_unit=unit):
            return {"verifier": unit, **_verify_by(event)} if clock is Clock.VERIFY else {}
        case _:
            return _of_its_own(event)


def _of_its_own(event: RoutingEvent) -> Columns:
    match event:
        case CaseOpened(matter=matter, history=history):
            return {"status": Status.UNASSIGNED, "history": history, **_matter(matter)}
        case CaseCategorised(matter=matter):
            return _matter(matter)
        case CaseAssigned() | CaseAccepted() | CaseReturned() | CaseTransferred():
            return _at_unit(event)
        case CaseResolved() | VerificationPassed() | VerificationFailed() | CaseClosed() | CaseReopened():
            return _at_work(event)
        case ExtensionGranted() | SuspensionGranted() | SuspensionEnded():
            return _on_clock(event)
        case _:
            # What the list does not show; a test holds that row and case say the same after every event.
            return {}


def _at_unit(event: CaseAssigned | CaseAccepted | CaseReturned | CaseTransferred) -> Columns:
    match event:
        case CaseAssigned(unit=unit, matter=matter):
            assigned = {"status": Status.ASSIGNED, "unit": unit, "accepted_by": None}
            due = {**_accept_by(event), **_first_response_by(event), **_resolve_by(event)}
            return {**assigned, **_matter(matter), **due}
        case CaseAccepted(unit=unit, by=by):
            return {"status": Status.ACCEPTED, "unit": unit, "accepted_by": by, "first_response_by": None}
        case CaseReturned(unit=unit):
            left = {"status": Status.UNASSIGNED, "unit": None, "left_unit": unit, "accepted_by": None}
            return {**left, **_accept_by(event)}
        case CaseTransferred():
            # The assignment that follows at once says all that there is to say.
            return {}


def _at_work(event: CaseResolved | VerificationPassed | VerificationFailed | CaseClosed | CaseReopened) -> Columns:
    match event:
        case CaseResolved(by=by):
            resolved = {"status": Status.RESOLVED, "suspended_until": None, "resolved_by": by}
            return {**resolved, "verifier": event.to_unit, **_verify_by(event)}
        case VerificationPassed():
            return {"status": Status.VERIFIED, "verify_by": None}
        case VerificationFailed():
            return {"status": Status.ACCEPTED, "again": True, "verify_by": None, **_resolve_by(event)}
        case CaseClosed(at=at):
            return {"status": Status.CLOSED, "closed_at": at.isoformat()}
        case CaseReopened(history=history):
            reopened = {
                "status": Status.ASSIGNED,
                "again": True,
                "history": history,
                "closed_at": None,
                "verify_by": None,
            }
            return {**reopened, "accepted_by": None, **_accept_by(event), **_resolve_by(event)}


def _together(event: CaseMerged | CaseJoined | CaseLeft | CaseWithdrawn) -> Columns:
    match event:
        case CaseMerged():
            merged = {"status": Status.MERGED, "accepted_by": None, "suspended_until": None, "verify_by": None}
            return {**merged, "first_response_by": None, **_resolve_by(event)}
        case CaseJoined(duplicates=duplicates) | CaseLeft(duplicates=duplicates):
            return {"duplicates": duplicates}
        case CaseWithdrawn(at=at):
            ended = {"closed_at": at.isoformat(), "suspended_until": None, "first_response_by": None}
            return {"status": Status.CLOSED, **ended}


def _following(event: FollowedEvent) -> Columns:
    """A merged case is nobody's work, whatever its master has come to: its row says so until it ends."""
    match event:
        case CaseClosed(at=at):
            return {"status": Status.CLOSED, "closed_at": at.isoformat()}
        case CaseReopened(history=history):
            reopened = {"status": Status.MERGED, "history": history, "closed_at": None}
            return {**reopened, **_resolve_by(event)}
        case ExtensionGranted() | SuspensionEnded():
            return _resolve_by(event)
        case _:
            return {}


def _on_clock(event: ExtensionGranted | SuspensionGranted | SuspensionEnded) -> Columns:
    match event:
        case ExtensionGranted():
            return _resolve_by(event)
        case SuspensionGranted(until=until):
            return {"resolve_by": None, "suspended_until": until.isoformat()}
        case SuspensionEnded():
            return {**_resolve_by(event), "suspended_until": None}


def _matter(matter: Matter) -> Columns:
    return {
        "place": matter.place,
        "area": matter.area,
        "category": matter.category,
        "urgent": matter.urgency is Urgency.URGENT,
    }


def _accept_by(event: CaseAssigned | CaseReturned | CaseReopened) -> Columns:
    accept_by = event.deadlines.accept_by
    return {"accept_by": accept_by.isoformat() if accept_by else None}


def _first_response_by(event: CaseAssigned) -> Columns:
    due = None if event.history else event.deadlines.first_response_by
    return {"first_response_by": due.isoformat() if due else None}


def _verify_by(event: CaseResolved | AwaitedUnitReplaced) -> Columns:
    due = event.deadlines.verify_by if isinstance(event, CaseResolved) else event.deadline
    verify_by = None if event.history else due
    return {"verify_by": verify_by.isoformat() if verify_by else None}


def _resolve_by(
    event: CaseAssigned | ExtensionGranted | SuspensionEnded | VerificationFailed | CaseReopened | CaseMerged,
) -> Columns:
    resolve_by = event.deadlines.resolve_by
    return {"resolve_by": resolve_by.isoformat() if resolve_by else None}
