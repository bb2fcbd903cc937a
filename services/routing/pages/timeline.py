"""A case's events as the entries of its timeline."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.routing.handlers.reading import CaseRead, evidence_in, words_in
from services.routing.pages.happened import Happened, line_of
from services.routing.pages.names import Names
from services.routing.pages.views import Happening, Photo
from shared.contracts.directory import Name
from shared.contracts.envelope import Attachment, Sealed
from shared.contracts.intake import Link, Rating
from shared.contracts.routing import (
    DISTRICT,
    REPORTER,
    RULE,
    About,
    AwaitedUnitReplaced,
    CaseAccepted,
    CaseAssigned,
    CaseCategorised,
    CaseEscalated,
    CaseJoined,
    CaseLeft,
    CaseMerged,
    CaseNoted,
    CaseOpened,
    CaseReopened,
    CaseTransferred,
    Clock,
    ConferenceHeld,
    DeadlineMissed,
    DeadlineRecomputed,
    DeadlineWarned,
    ExtensionAsked,
    ExtensionGranted,
    FollowUpPlanned,
    FollowUpReminded,
    JointTaskEntrusted,
    ReporterWithdrew,
    RoutingEvent,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    UnitReportedIn,
    WhistleBlown,
    Wording,
    said_by_another,
)

LISTED = " · "
# Timers fire within seconds; what was noticed later than this was noticed after the service had been down.
FOUND_LATE_AFTER = timedelta(minutes=5)
# To people entrusting is one thing; its transfer stands for it, with who entrusted and why.
TOLD_BY_THE_TRANSFER = (JointTaskEntrusted, CaseAssigned, CaseAccepted)
RATED: Mapping[Rating, Happened] = {
    Rating.SATISFIED: Happened.RATED_SATISFIED,
    Rating.SO_SO: Happened.RATED_SO_SO,
    Rating.DISSATISFIED: Happened.RATED_DISSATISFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the timeline needs opened: words by their boxes, staff's names by their ids; `forgotten` stands for none."""

    words: Mapping[str, str | None]
    staff: Mapping[str, str]
    forgotten: str

    def said(self, box: Sealed | None) -> str:
        """Words as they are shown."""
        return (self.words.get(box.box) or self.forgotten) if box else ""


def happenings(read: CaseRead, *, names: Names, opened: Opened) -> list[Happening]:
    """The entries in the order of what happened; what the reporter answered and asked where its time is."""
    entrusted_at = {event.at for event in read.events if isinstance(event, JointTaskEntrusted)}
    entries = [
        _happening(read, event, names, opened)
        for event in read.events
        if not (event.at in entrusted_at and isinstance(event, TOLD_BY_THE_TRANSFER))
    ]
    entries = [_as_entrusted(entry) if entry.at in entrusted_at else entry for entry in entries]
    if read.answer is not None:
        answer = read.answer
        entries.append(Happening(what=RATED[answer.rating], at=answer.at, words=opened.said(answer.words)))
    if read.erased_at is not None:
        entries.append(Happening(what=Happened.FORGOTTEN, at=read.erased_at))
    return sorted(entries, key=lambda entry: entry.at)


def _as_entrusted(entry: Happening) -> Happening:
    return replace(entry, what=Happened.MADE_LEAD) if entry.what == line_of(CaseTransferred) else entry


def _happening(read: CaseRead, event: RoutingEvent, names: Names, opened: Opened) -> Happening:
    by = getattr(event, "by", None)
    what = _what(event)
    nobodys = by in (REPORTER, RULE, DISTRICT)
    return Happening(
        what=what,
        at=event.at,
        unit_name=names.unit(_unit_of(event)),
        unit_names=_present(event, names),
        category_name=names.category(event.category) if isinstance(event, CaseCategorised) else None,
        by=opened.staff.get(by, by) if by and not nobodys else "",
        words=_words(event, opened),
        until=_until(event),
        before=event.before if isinstance(event, DeadlineRecomputed) else None,
        edition=event.edition if isinstance(event, DeadlineRecomputed) else None,
        by_rule=_rules_words(event),
        number=_number(read, event),
        photos=_photos(read, event),
    )


def _photos(read: CaseRead, event: RoutingEvent) -> tuple[Photo, ...]:
    return tuple(photos(read.case.id, evidence_in(event)))


def _present(event: RoutingEvent, names: Names) -> tuple[Name, ...]:
    if not isinstance(event, ConferenceHeld):
        return ()
    return tuple(names.unit(unit) or Name(zh=unit, en=unit) for unit in event.present)


def _words(event: RoutingEvent, opened: Opened) -> str:
    # What a guess goes by are the district's words, not the reporter's.
    return LISTED.join(event.matched) if isinstance(event, CaseCategorised) else opened.said(words_in(event))


def _rules_words(event: RoutingEvent) -> Name | None:
    said = getattr(event, "by_rule", None)
    return Name(zh=said.zh, en=said.en) if isinstance(said, Wording) else None


def _number(read: CaseRead, event: RoutingEvent) -> str:
    match event:
        case CaseMerged(into_number=number) | CaseJoined(duplicate_number=number) | CaseLeft(duplicate_number=number):
            return number
        case CaseReopened(said_of=said_of):
            joined = (each for each in read.events if isinstance(each, CaseJoined))
            return next((each.duplicate_number for each in joined if each.duplicate == said_of), "")
        case _:
            return ""


def _until(event: RoutingEvent) -> datetime | None:
    match event:
        case (
            DeadlineWarned(deadline=deadline)
            | DeadlineMissed(deadline=deadline)
            | DeadlineRecomputed(deadline=deadline)
            | AwaitedUnitReplaced(deadline=deadline)
        ):
            return deadline
        case ExtensionAsked(resolve_by=resolve_by):
            return resolve_by
        case SuspensionAsked(until=until) | SuspensionGranted(until=until):
            return until
        case ExtensionGranted(deadlines=deadlines) | SuspensionEnded(deadlines=deadlines):
            return deadlines.resolve_by
        case FollowUpPlanned(deadline=deadline) | FollowUpReminded(deadline=deadline):
            return deadline
        case _:
            return None


def _what(event: RoutingEvent) -> str:
    return _by_nobody_of_the_staff(event) or _in_its_time(event)


def _by_nobody_of_the_staff(event: RoutingEvent) -> Happened | None:
    match event:
        case CaseNoted(by=by) if by == REPORTER:
            return Happened.DISPUTED
        case WhistleBlown(by=by) if by == RULE:
            return Happened.WHISTLE_BY_RULE
        case CaseTransferred(by=by) if by == DISTRICT:
            return Happened.MOVED_BY_DISTRICT
        case AwaitedUnitReplaced(clock=clock):
            return Happened.VERIFIER_BY_DISTRICT if clock is Clock.VERIFY else Happened.ANSWERER_BY_DISTRICT
        case CaseCategorised(by=None):
            return Happened.CATEGORY_GUESSED
        case CaseOpened(link=Link.CAME_BACK):
            return Happened.OPENED_AGAIN
        case CaseReopened(via=via) if said_by_another(event):
            return Happened.REOPENED_BY_ANOTHER if via is None else Happened.REOPENED_WITH_ITS_MASTER
        case _:
            return None


def _in_its_time(event: RoutingEvent) -> str:
    match event:
        case UnitReportedIn(in_time=False):
            return Happened.REPORTED_IN_LATE
        case ReporterWithdrew(goes_on_for=0):
            return Happened.WITHDREW_TOO_LATE
        case FollowUpPlanned(occurrence=occurrence) if occurrence > 1:
            return Happened.FOLLOW_UP_AGAIN
        case DeadlineRecomputed(clock=clock):
            return RECOUNTED[clock]
        case DeadlineMissed() | CaseEscalated():
            return _what_a_clock_did(event)
        case _:
            return line_of(type(event))


RECOUNTED = {
    Clock.ACCEPT: Happened.ACCEPT_RECOUNTED,
    Clock.FIRST_RESPONSE: Happened.FIRST_RESPONSE_RECOUNTED,
    Clock.RESOLVE: Happened.RESOLVE_RECOUNTED,
    Clock.VERIFY: Happened.VERIFY_RECOUNTED,
    Clock.REPORT_IN: Happened.REPORT_IN_RECOUNTED,
    Clock.ANSWER: Happened.ANSWER_RECOUNTED,
    Clock.FOLLOW_UP: Happened.FOLLOW_UP_RECOUNTED,
}
MISSED = {
    Clock.ACCEPT: Happened.ACCEPT_MISSED,
    Clock.FIRST_RESPONSE: Happened.FIRST_RESPONSE_MISSED,
    Clock.VERIFY: Happened.VERIFY_MISSED,
    Clock.REPORT_IN: Happened.REPORT_IN_MISSED,
}
UNANSWERED = {
    About.EXTENSION: Happened.EXTENSION_UNANSWERED,
    About.SUSPENSION: Happened.SUSPENSION_UNANSWERED,
    About.TASK: Happened.TASK_UNANSWERED,
}


def _what_a_clock_did(event: DeadlineMissed | CaseEscalated) -> str:
    match event:
        case DeadlineMissed(at=at, deadline=deadline) if at - deadline > FOUND_LATE_AFTER:
            return Happened.DEADLINE_FOUND_MISSED
        case DeadlineMissed(clock=clock) if clock in MISSED:
            return MISSED[clock]
        case DeadlineMissed(about=About() as about):
            return UNANSWERED[about]
        case CaseEscalated(level=1):
            return Happened.SUPERVISED
        case _:
            return line_of(type(event))


def _unit_of(event: RoutingEvent) -> str | None:
    match event:
        case CaseTransferred(to_unit=unit) | CaseEscalated(to_unit=unit) | AwaitedUnitReplaced(to_unit=unit):
            return unit
        case _:
            acted: object = getattr(event, "unit", None)
            return acted if isinstance(acted, str) else None


def photos(case_id: UUID, attachments: Iterable[Attachment]) -> Iterator[Photo]:
    """Where a case's pictures are had from."""
    return (Photo(address=f"/desk/cases/{case_id}/photos/{each.id}") for each in attachments)
