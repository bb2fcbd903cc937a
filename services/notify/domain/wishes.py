"""The one table of who is told what: event and audience give the template, each wording's key is `sms.<it>.<audience>`.

A wish says to whom and with what, whose duty holder is waited for, or why nobody can be told; it is never nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID, uuid5

from services.notify.domain.moments import accept_by, moments, of_more_time, of_verifying
from services.notify.domain.rota import OnDuty
from shared.contracts.duty import DutyHandedOver, SwapAccepted, SwapAsked, SwapDeclined, SwapLapsed
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Link, TicketImported, TicketOpened
from shared.contracts.notify import Audience, OwnWording, SuppressionReason
from shared.contracts.routing import (
    AwaitedUnitReplaced,
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseReminded,
    CaseReopened,
    CaseResolved,
    CaseReturned,
    CaseWithdrawn,
    Clock,
    ConferenceMissed,
    DeadlineWarned,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    FollowUpMissed,
    FollowUpReminded,
    JointTaskDeclined,
    JointTaskDone,
    JointTaskInsisted,
    JointTaskReleased,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    VerificationFailed,
    WhistleBlown,
)

Whistled = WhistleBlown | JointTaskInsisted | JointTaskDeclined | JointTaskDone | ConferenceMissed
Extended = ExtensionAsked | ExtensionGranted | ExtensionRefused
Suspended = SuspensionAsked | SuspensionGranted | SuspensionRefused | SuspensionEnded
OfCase = CaseAssigned | CaseResolved | CaseReopened | VerificationFailed | CaseReturned | DeadlineWarned | CaseEscalated
FollowedUp = FollowUpReminded | FollowUpMissed
OfHandling = OfCase | CaseReminded | Whistled | Extended | Suspended | AwaitedUnitReplaced
# Nobody need do any more what they were asked to.
CalledOff = CaseWithdrawn | JointTaskReleased
DutyTold = OfHandling | FollowedUp | CalledOff
# What somebody wrote is all that their messages have of their own.
Refused = JointTaskDeclined | ExtensionRefused | SuspensionRefused
Reasoned = VerificationFailed | CaseReturned | JointTaskInsisted | Refused
Spoken = CaseReopened | CaseReminded | JointTaskDone | ConferenceMissed | Reasoned
OfTicket = TicketOpened | TicketImported | DutyTold | CaseMerged | CaseClosed
# A member is told of a change of their own duty, whether they are on duty or not.
Turned = DutyHandedOver | SwapAsked | SwapAccepted | SwapDeclined | SwapLapsed
Told = OfTicket | Turned

RECEIVED = "ticket_received"
SPLIT = "ticket_split"
RECURRED = "ticket_recurred"
ASSIGNED = "case_assigned"
ASSIGNED_WITHOUT_DEADLINE = "case_assigned_without_deadline"
ENTRUSTED = "case_entrusted"
ENTRUSTED_WITHOUT_DEADLINE = "case_entrusted_without_deadline"
REOPENED = "case_reopened"
FAILED = "verification_failed"
RETURNED = "case_returned"
TO_VERIFY = "case_to_verify"
TO_VERIFY_WITHOUT_DEADLINE = "case_to_verify_without_deadline"
TO_OBSERVE = "case_to_observe"
WARNED = "deadline_warned"
REMINDED = "case_reminded"
ESCALATED = "case_escalated"
ABSENT = "report_in_escalated"
RESPONSE_WARNED = "first_response_warned"
UNRESPONDED = "first_response_escalated"
ANSWER_WARNED = "answer_warned"
ANSWER_REASSIGNED = "answer_reassigned"
UNANSWERED = "answer_escalated"
CALLED = "whistle_blown"
CALLED_WITHOUT_DEADLINE = "whistle_blown_without_deadline"
INSISTED = "joint_task_insisted"
DECLINED = "joint_task_declined"
TASK_DONE = "joint_task_done"
CONFERENCE_MISSED = "conference_missed"
EXTENSION_ASKED = "extension_asked"
EXTENSION_GRANTED = "extension_granted"
EXTENSION_REFUSED = "extension_refused"
SUSPENSION_ASKED = "suspension_asked"
SUSPENSION_GRANTED = "suspension_granted"
SUSPENSION_REFUSED = "suspension_refused"
SUSPENSION_ENDED = "suspension_ended"
FOLLOW_UP_DUE = "follow_up_due"
FOLLOW_UP_MISSED = "follow_up_missed"
FOLLOW_UP_ESCALATED = "follow_up_escalated"
WITHDRAWN = "case_withdrawn"
MERGED = "case_merged"
CLOSED = "case_closed"
HANDED_OVER = "duty_handed_over"
TAKEN_OVER = "duty_taken_over"
SWAP_ASKED = "swap_asked"
SWAP_ACCEPTED = "swap_accepted"
SWAP_DECLINED = "swap_declined"
SWAP_LAPSED = "swap_lapsed"
# These lead to the duty page, the others to the case.
OF_DUTY = frozenset({HANDED_OVER, TAKEN_OVER, SWAP_ASKED, SWAP_ACCEPTED, SWAP_DECLINED, SWAP_LAPSED})

TABLE: Mapping[type[Told], tuple[Audience, str]] = MappingProxyType(
    {
        TicketOpened: (Audience.REPORTER, RECEIVED),
        TicketImported: (Audience.REPORTER, RECEIVED),
        CaseAssigned: (Audience.DUTY, ASSIGNED),
        CaseReopened: (Audience.DUTY, REOPENED),
        VerificationFailed: (Audience.DUTY, FAILED),
        CaseReturned: (Audience.DUTY, RETURNED),
        CaseResolved: (Audience.DUTY, TO_VERIFY),
        DeadlineWarned: (Audience.DUTY, WARNED),
        CaseReminded: (Audience.DUTY, REMINDED),
        CaseEscalated: (Audience.DUTY, ESCALATED),
        AwaitedUnitReplaced: (Audience.DUTY, ANSWER_REASSIGNED),
        WhistleBlown: (Audience.DUTY, CALLED),
        JointTaskInsisted: (Audience.DUTY, INSISTED),
        JointTaskDeclined: (Audience.DUTY, DECLINED),
        JointTaskDone: (Audience.DUTY, TASK_DONE),
        ConferenceMissed: (Audience.DUTY, CONFERENCE_MISSED),
        ExtensionAsked: (Audience.DUTY, EXTENSION_ASKED),
        ExtensionGranted: (Audience.DUTY, EXTENSION_GRANTED),
        ExtensionRefused: (Audience.DUTY, EXTENSION_REFUSED),
        SuspensionAsked: (Audience.DUTY, SUSPENSION_ASKED),
        SuspensionGranted: (Audience.DUTY, SUSPENSION_GRANTED),
        SuspensionRefused: (Audience.DUTY, SUSPENSION_REFUSED),
        SuspensionEnded: (Audience.DUTY, SUSPENSION_ENDED),
        FollowUpReminded: (Audience.DUTY, FOLLOW_UP_DUE),
        FollowUpMissed: (Audience.DUTY, FOLLOW_UP_MISSED),
        JointTaskReleased: (Audience.DUTY, WITHDRAWN),
        CaseWithdrawn: (Audience.DUTY, WITHDRAWN),
        CaseMerged: (Audience.REPORTER, MERGED),
        CaseClosed: (Audience.REPORTER, CLOSED),
        DutyHandedOver: (Audience.DUTY, HANDED_OVER),
        SwapAsked: (Audience.DUTY, SWAP_ASKED),
        SwapAccepted: (Audience.DUTY, SWAP_ACCEPTED),
        SwapDeclined: (Audience.DUTY, SWAP_DECLINED),
        SwapLapsed: (Audience.DUTY, SWAP_LAPSED),
    }
)
# The unit that a message to another is about: its id, and what people call it.
UNIT = ("unit", "unit_name")

# What each template's wording may name beside `number` and `link`.
PARAMS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        RECEIVED: frozenset(),
        SPLIT: frozenset({"first"}),
        RECURRED: frozenset({"first"}),
        ASSIGNED: frozenset({"place", "accept_by"}),
        ASSIGNED_WITHOUT_DEADLINE: frozenset({"place"}),
        ENTRUSTED: frozenset({"place", "resolve_by"}),
        ENTRUSTED_WITHOUT_DEADLINE: frozenset({"place"}),
        REOPENED: frozenset({"place", "words"}),
        FAILED: frozenset({"place", "words"}),
        RETURNED: frozenset({"place", "words"}),
        TO_VERIFY: frozenset({"place", "verify_by"}),
        TO_VERIFY_WITHOUT_DEADLINE: frozenset({"place"}),
        TO_OBSERVE: frozenset({"place", "observed_until"}),
        WARNED: frozenset({"place", "deadline", "clock"}),
        REMINDED: frozenset({"place", "words"}),
        ESCALATED: frozenset({"place", "level"}),
        ABSENT: frozenset({"place", "level", *UNIT}),
        RESPONSE_WARNED: frozenset({"place", "deadline", "clock"}),
        UNRESPONDED: frozenset({"place", "level"}),
        ANSWER_WARNED: frozenset({"place", "deadline", "clock", *UNIT}),
        ANSWER_REASSIGNED: frozenset({"place", *UNIT}),
        UNANSWERED: frozenset({"place", "level", "asked_by", *UNIT}),
        CALLED: frozenset({"place", "report_by", "words"}),
        CALLED_WITHOUT_DEADLINE: frozenset({"place", "words"}),
        INSISTED: frozenset({"place", "words"}),
        DECLINED: frozenset({"place", "words", *UNIT}),
        TASK_DONE: frozenset({"place", "words", *UNIT}),
        CONFERENCE_MISSED: frozenset({"place", "words"}),
        EXTENSION_ASKED: frozenset({"place", "words", "resolve_by", *UNIT}),
        EXTENSION_GRANTED: frozenset({"place", "resolve_by"}),
        EXTENSION_REFUSED: frozenset({"place", "words"}),
        SUSPENSION_ASKED: frozenset({"place", "words", "until", *UNIT}),
        SUSPENSION_GRANTED: frozenset({"place", "until"}),
        SUSPENSION_REFUSED: frozenset({"place", "words"}),
        SUSPENSION_ENDED: frozenset({"place", "resolve_by"}),
        FOLLOW_UP_DUE: frozenset({"place", "words", "until", "follow_up"}),
        FOLLOW_UP_MISSED: frozenset({"place", "words", "follow_up"}),
        FOLLOW_UP_ESCALATED: frozenset({"place", "level", *UNIT}),
        WITHDRAWN: frozenset({"place"}),
        MERGED: frozenset(),
        CLOSED: frozenset(),
        HANDED_OVER: frozenset({"name", "words", "start", "until", *UNIT}),
        TAKEN_OVER: frozenset({"name", "words", "start", "until", *UNIT}),
        SWAP_ASKED: frozenset({"name", "words", "start", "until", "other_start", "other_until", *UNIT}),
        SWAP_ACCEPTED: frozenset({"name", "start", "until", "other_start", "other_until", *UNIT}),
        SWAP_DECLINED: frozenset({"name", "words", "start", "until", *UNIT}),
        SWAP_LAPSED: frozenset({"name", "start", "until", *UNIT}),
    }
)
TRACKING_TOKEN = "tracking_token"  # noqa: S105 - the parameter's name; its value is sealed.


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to be told what, or why they can not be."""

    ticket_id: UUID
    audience: Audience
    template: str
    locale: str = "zh"
    recipient: Sealed | None = None
    params: Mapping[str, Sealed | str] = field(default_factory=lambda: MappingProxyType({}))
    # The unit whose duty holder is meant; where nobody answers for it now, when somebody will.
    unit: str = ""
    until: datetime | None = None
    withheld: SuppressionReason | None = None
    # How the district words it; none for our own words.
    own_wording: OwnWording | None = None


def notification_id_of(event_id: UUID, event: type[Told], *, member: str = "") -> UUID:
    """Deterministic, so that an event that comes again makes no message anew; of several members each has their own."""
    audience, _ = TABLE[event]
    return uuid5(event_id, f"{audience}/{member}" if member else audience)


def unit_told(event: DutyTold) -> str | None:
    """Whose duty holder is told; none where nobody stands above who gave it back."""
    match event:
        case CaseResolved() | CaseEscalated() | CaseReturned() | JointTaskDeclined() | JointTaskDone():
            return event.to_unit
        case ExtensionAsked() | SuspensionAsked() | AwaitedUnitReplaced():
            return event.to_unit
        case _:
            return event.unit


def unit_meant(event: DutyTold) -> str | None:
    """The unit that a message to another is about; none where it is about the case."""
    match event:
        case JointTaskDeclined(unit=unit) | JointTaskDone(unit=unit):
            return unit
        case ExtensionAsked(unit=unit) | SuspensionAsked(unit=unit):
            return unit
        case CaseEscalated(clock=Clock.REPORT_IN | Clock.FOLLOW_UP | Clock.ANSWER, from_unit=unit):
            return unit
        case DeadlineWarned(asked_by=unit) | AwaitedUnitReplaced(asked_by=unit):
            return unit
        case _:
            return None


def wish_for_history(event: OfTicket) -> Wish:
    """Imported history tells nobody, and every account still adds up."""
    audience, template = TABLE[type(event)]
    ticket_id = event.ticket_id if isinstance(event, TicketOpened | TicketImported) else event.case_id
    return Wish(ticket_id, audience, template, withheld=SuppressionReason.HISTORY)


def wish_for_reporter(event: TicketOpened | CaseMerged | CaseClosed) -> Wish:
    """The reporter is told, where they left a phone."""
    audience, template = TABLE[type(event)]
    matter = event if isinstance(event, TicketOpened) else event.matter
    ticket_id = event.ticket_id if isinstance(event, TicketOpened) else event.case_id
    if matter.contact.phone is None:
        return Wish(ticket_id, audience, template, withheld=SuppressionReason.NO_PHONE)
    params: dict[str, Sealed | str] = {"number": matter.number, TRACKING_TOKEN: matter.tracking_token}
    if isinstance(event, TicketOpened) and event.split_from_number is not None:
        # They did not send it themselves: it is said which of their words it comes from.
        template = RECURRED if event.link is Link.CAME_BACK else SPLIT
        params["first"] = event.split_from_number
    return Wish(ticket_id, audience, template, matter.locale, matter.contact.phone, params)


def wish_for_duty(
    event: DutyTold, *, on_duty: OnDuty, number: str, place: str, locale: str, unit_name: str = ""
) -> Wish:
    """Who answers for the unit now is told; where nobody does, who will later. `unit_name` is of the unit meant."""
    template, meant = _duty_template(event), unit_meant(event)
    about = {"unit": meant, "unit_name": unit_name} if meant else {}
    own = _of_follow_up(event, locale) if isinstance(event, FollowedUp) else _own_params(event)
    params: dict[str, Sealed | str] = {"number": number, "place": place, **own, **about}
    recipient = on_duty.person.phone if on_duty.person else None
    return Wish(event.case_id, Audience.DUTY, template, locale, recipient, params, on_duty.unit, on_duty.until)


def _duty_template(event: DutyTold) -> str:
    if isinstance(event, CaseAssigned):
        return _assigned_template(event)
    if isinstance(event, CaseResolved):
        return _to_verify(event.observed_until, event.deadlines.verify_by)
    if isinstance(event, AwaitedUnitReplaced) and event.clock is Clock.VERIFY:
        return _to_verify(event.observed_until, event.deadline)
    if isinstance(event, WhistleBlown) and event.report_by is None:
        return CALLED_WITHOUT_DEADLINE
    if isinstance(event, CaseEscalated):
        return ESCALATED_OF.get(event.clock, ESCALATED)
    if isinstance(event, DeadlineWarned):
        return WARNED_OF.get(event.clock, WARNED)
    return TABLE[type(event)][1]


WARNED_OF = {Clock.ANSWER: ANSWER_WARNED, Clock.FIRST_RESPONSE: RESPONSE_WARNED}
ESCALATED_OF = {
    Clock.FIRST_RESPONSE: UNRESPONDED,
    Clock.REPORT_IN: ABSENT,
    Clock.FOLLOW_UP: FOLLOW_UP_ESCALATED,
    Clock.ANSWER: UNANSWERED,
}


def _assigned_template(event: CaseAssigned) -> str:
    if event.entrusted:
        return ENTRUSTED_WITHOUT_DEADLINE if event.deadlines.resolve_by is None else ENTRUSTED
    return ASSIGNED_WITHOUT_DEADLINE if accept_by(event) is None else ASSIGNED


def _to_verify(observed_until: datetime | None, verify_by: datetime | None) -> str:
    if observed_until is not None:
        return TO_OBSERVE
    return TO_VERIFY if verify_by is not None else TO_VERIFY_WITHOUT_DEADLINE


def _escalated_params(event: CaseEscalated) -> dict[str, Sealed | str]:
    # Whose question waits tells which answer makes the message old; events of earlier do not say.
    whose = {"asked_by": event.asked_by or ""} if event.clock is Clock.ANSWER else {}
    return {"level": str(event.level), **whose}


def _own_params(event: OfHandling | CalledOff) -> dict[str, Sealed | str]:
    match event:
        case CaseWithdrawn() | JointTaskReleased():
            return {}
        case CaseAssigned(deadlines=due, entrusted=entrusted):
            return moments(resolve_by=due.resolve_by) if entrusted else moments(accept_by=accept_by(event))
        case CaseResolved() | AwaitedUnitReplaced():
            return of_verifying(event)
        case DeadlineWarned(clock=clock, deadline=deadline):
            return {"clock": clock.value, **moments(deadline=deadline)}
        case CaseEscalated():
            return _escalated_params(event)
        case WhistleBlown(task=task, report_by=report_by):
            return {"words": task, **moments(report_by=report_by)}
        case ExtensionAsked() | SuspensionAsked() | SuspensionGranted() | ExtensionGranted() | SuspensionEnded():
            return of_more_time(event)
        case _:
            return {"words": _words(event)}


def _of_follow_up(event: FollowedUp, locale: str) -> dict[str, Sealed | str]:
    words: Sealed | str = event.task or ""
    if event.by_rule is not None:
        words = event.by_rule.en if locale == "en" else event.by_rule.zh
    until = moments(until=event.deadline) if isinstance(event, FollowUpReminded) else {}
    return {"words": words, "follow_up": str(event.follow_up), **until}


def _words(event: Spoken) -> Sealed:
    match event:
        case CaseReopened(words=words) | CaseReminded(words=words):
            return words
        case JointTaskDone(note=note):
            return note
        case ConferenceMissed(minutes=minutes):
            return minutes
        case _:
            return event.reason
