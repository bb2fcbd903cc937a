"""Deadlines counted again after a calendar or rota changed: which running clocks of a case would now end otherwise.

What ran out or stopped is left alone: nothing of the past changes. So is a deadline that somebody agreed to, and one
that would be over by now: nobody becomes late by a calendar or a rota.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.routing.domain.case import evolve
from services.routing.domain.case.question import Asking
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.case.state import BY_DISTRICT, BY_HAND, Case
from services.routing.domain.deadlines import run
from services.routing.domain.recounted_occasions import Occasions
from services.routing.domain.units import Units, term_of
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAssigned,
    CaseMerged,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    Clock,
    ExtensionGranted,
    JointTaskDeclined,
    JointTaskInsisted,
    RoutingEvent,
    SuspensionEnded,
    SuspensionGranted,
    Term,
    VerificationFailed,
    WhistleBlown,
)

# A clock of the case, and of which called unit where it is a report-in, of who asked where it is an answer.
Which = tuple[Clock, str | None]
RESOLVE: Which = (Clock.RESOLVE, None)
ACCEPT: Which = (Clock.ACCEPT, None)
FIRST_RESPONSE: Which = (Clock.FIRST_RESPONSE, None)
VERIFY: Which = (Clock.VERIFY, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """From when a clock was counted, in whose working time, by which terms."""

    at: datetime
    unit: str
    terms: tuple[Term, ...]


def recounted(events: Iterable[RoutingEvent], units: Units, *, now: datetime) -> list[Recounted]:
    """The running clocks of the case with these events that the calendars and rotas of now would give another end."""
    case: Case | None = None
    started: dict[Which, Start | None] = {}
    occasions = Occasions()
    for event in events:
        before, case = case, evolve(case, event)
        occasions.hear(event, before, case)
        for which, start in _starts(event, case).items():
            old = before.countdown(*which).generation if before else 0
            if case.countdown(*which).generation != old:
                started[which] = start
    if case is None:
        return []
    found = (_recounted(case, which, start, units, now=now) for which, start in started.items() if start)
    return [*(each for each in found if each is not None), *occasions.recounted(case, units, now=now)]


def _recounted(case: Case, which: Which, start: Start, units: Units, *, now: datetime) -> Recounted | None:
    running, term, unit = case.countdown(*which), term_of(start.terms, which[0]), units.by_id.get(start.unit)
    if running.due_at is None or running.deadline is None or running.missed or running.deadline <= now:
        return None
    if term is None or unit is None:
        return None
    anew = run(term, calendar=units.time_of(unit.id, term), start=start.at)
    if anew.until is None or anew.until == running.deadline or anew.until <= now:
        return None
    clock, called = which
    return Recounted(
        clock=clock, called=called, unit=unit.id, before=running.deadline, after=anew.until, warnings=anew.warnings
    )


def _starts(event: RoutingEvent, case: Case) -> Mapping[Which, Start | None]:
    """Clocks that the event starts; none stands for a moment that was agreed to or carried over, not counted."""
    match event:
        case CaseAssigned(unit=unit, trace=trace):
            start = Start(at=event.at, unit=unit, terms=case.terms)
            carried_over = trace.rule in (BY_HAND, BY_DISTRICT)
            return {ACCEPT: start, FIRST_RESPONSE: start, RESOLVE: None if carried_over else start}
        case CaseReturned(unit=unit):
            return {ACCEPT: Start(at=event.at, unit=unit, terms=case.terms)}
        case CaseReopened(unit=unit):
            start = Start(at=event.at, unit=unit, terms=case.terms)
            return {ACCEPT: start, RESOLVE: start}
        case VerificationFailed(unit=unit):
            return {RESOLVE: Start(at=event.at, unit=unit, terms=case.terms)}
        case CaseResolved() | AwaitedUnitReplaced(clock=Clock.VERIFY):
            verifier = event.to_unit or case.unit or ""
            return {VERIFY: Start(at=event.observed_until or event.at, unit=verifier, terms=case.terms)}
        case WhistleBlown(unit=unit) | JointTaskInsisted(unit=unit):
            return {(Clock.REPORT_IN, unit): Start(at=event.at, unit=unit, terms=case.terms)}
        case ExtensionGranted() | SuspensionGranted() | SuspensionEnded() | CaseMerged():
            return {RESOLVE: None}
        case _:
            return _of_question(event, case) if isinstance(event, Asking | AwaitedUnitReplaced) else {}


def _of_question(event: Asking | AwaitedUnitReplaced, case: Case) -> Mapping[Which, Start | None]:
    """Counted in the working time of whoever is to answer; where no grid stands above who called, in that one's."""
    if isinstance(event, AwaitedUnitReplaced):
        return {(Clock.ANSWER, event.asked_by): Start(at=event.at, unit=event.to_unit, terms=case.terms)}
    calls = case.joint[event.unit].called_by if isinstance(event, JointTaskDeclined) else None
    asked = event.to_unit or calls
    return {(Clock.ANSWER, event.unit): Start(at=event.at, unit=asked, terms=case.terms) if asked else None}
