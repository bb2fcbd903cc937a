"""Events as intake and routing would say them, for notify's tests."""

from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.directory import PersonDefined, Role
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Channel, Contact, TicketImported, TicketOpened
from shared.contracts.routing import (
    About,
    AwaitedUnitReplaced,
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseMerged,
    CaseReminded,
    CaseReopened,
    CaseReturned,
    CaseWithdrawn,
    Clock,
    ConferenceMissed,
    Deadlines,
    DeadlineWarned,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    ExtensionWithdrawn,
    FollowUpDone,
    FollowUpMissed,
    FollowUpRecurred,
    FollowUpReminded,
    JointTaskDeclined,
    JointTaskDone,
    JointTaskInsisted,
    JointTaskReleased,
    Matter,
    RuleTrace,
    SuspensionAsked,
    SuspensionEnded,
    SuspensionGranted,
    SuspensionRefused,
    SuspensionWithdrawn,
    VerificationFailed,
    WhistleBlown,
    Wording,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ACCEPT_BY = datetime(2026, 4, 28, 13, 20, tzinfo=UTC)
TICKET = UUID(int=7)
REPORTERS_PHONE = Sealed(person="r1", key_version=1, box="cGhvbmU=")
TOKEN = Sealed(person="r1", key_version=1, box="dG9rZW4=")
WORDS = Sealed(person="r1", key_version=1, box="d29yZHM=")
LEAD = PersonDefined(
    at=AT,
    id="lead",
    edition=1,
    unit="committee",
    role=Role.LEAD,
    name=Sealed(person="lead", key_version=1, box="bmFtZQ=="),
    phone=Sealed(person="lead", key_version=1, box="bGVhZA=="),
)


def opened(*, phone: Sealed | None = REPORTERS_PHONE, locale: str = "zh") -> TicketOpened:
    return TicketOpened(
        at=AT,
        ticket_id=TICKET,
        number="204815736",
        place="GATE",
        channel=Channel.QR,
        text=WORDS,
        reporter="r1",
        contact=Contact(phone=phone),
        tracking_token=TOKEN,
        locale=locale,
    )


def imported() -> TicketImported:
    return TicketImported(
        at=AT,
        ticket_id=TICKET,
        number="204815736",
        place="GATE",
        text=WORDS,
        reporter="r1",
        tracking_token=TOKEN,
        source="pilot",
        source_id="1",
    )


def matter(*, phone: Sealed | None = REPORTERS_PHONE) -> Matter:
    return Matter(
        number="204815736",
        place="GATE",
        area="estate",
        reporter="r1",
        contact=Contact(phone=phone),
        tracking_token=TOKEN,
    )


def assigned(*, accept_by: datetime | None = ACCEPT_BY, unit: str = "committee", history: bool = False) -> CaseAssigned:
    return CaseAssigned(
        at=AT,
        case_id=TICKET,
        unit=unit,
        matter=matter(),
        trace=RuleTrace(rule="fire-lane", directory_version=1),
        deadlines=Deadlines(accept_by=accept_by),
        history=history,
    )


def entrusted(*, resolve_by: datetime | None = ACCEPT_BY) -> CaseAssigned:
    """To a unit that was called, and is there."""
    deadlines = Deadlines(accept_by=ACCEPT_BY, resolve_by=resolve_by)
    return assigned(unit="police").model_copy(update={"deadlines": deadlines, "entrusted": True})


def reopened() -> CaseReopened:
    return CaseReopened(at=AT, case_id=TICKET, unit="committee", words=WORDS, matter=matter())


def failed() -> VerificationFailed:
    return VerificationFailed(at=AT, case_id=TICKET, unit="committee", by="lead", reason=WORDS, matter=matter())


def returned(*, to_unit: str | None = "committee") -> CaseReturned:
    return CaseReturned(
        at=AT,
        case_id=TICKET,
        unit="property",
        by="duty-1",
        reason=WORDS,
        to_unit=to_unit,
        matter=matter(),
    )


def whistled(*, report_by: datetime | None = ACCEPT_BY) -> WhistleBlown:
    return WhistleBlown(
        at=AT,
        case_id=TICKET,
        unit="police",
        lead="committee",
        by="grid-1",
        by_unit="grid",
        task=WORDS,
        matter=matter(),
        report_by=report_by,
    )


def insisted() -> JointTaskInsisted:
    return JointTaskInsisted(at=AT, case_id=TICKET, unit="police", by="grid-1", reason=WORDS, matter=matter())


def declined() -> JointTaskDeclined:
    return JointTaskDeclined(
        at=AT, case_id=TICKET, unit="police", by="police-1", to_unit="grid", reason=WORDS, matter=matter()
    )


def extension_asked() -> ExtensionAsked:
    return ExtensionAsked(
        at=AT,
        case_id=TICKET,
        unit="police",
        by="police-1",
        to_unit="grid",
        resolve_by=ACCEPT_BY,
        reason=WORDS,
        matter=matter(),
    )


def extension_granted() -> ExtensionGranted:
    deadlines = Deadlines(resolve_by=ACCEPT_BY)
    return ExtensionGranted(at=AT, case_id=TICKET, unit="committee", by="grid-1", deadlines=deadlines, matter=matter())


def extension_refused() -> ExtensionRefused:
    return ExtensionRefused(at=AT, case_id=TICKET, unit="committee", by="grid-1", reason=WORDS, matter=matter())


def reminded() -> CaseReminded:
    return CaseReminded(
        at=AT, case_id=TICKET, unit="committee", by="grid-1", by_unit="grid", words=WORDS, matter=matter()
    )


def conference_missed() -> ConferenceMissed:
    return ConferenceMissed(at=AT, case_id=TICKET, unit="police", by="grid-1", minutes=WORDS, matter=matter())


def extension_withdrawn() -> ExtensionWithdrawn:
    return ExtensionWithdrawn(at=AT, case_id=TICKET, unit="committee", by="lead")


def suspension_withdrawn() -> SuspensionWithdrawn:
    return SuspensionWithdrawn(at=AT, case_id=TICKET, unit="committee", by="lead")


def suspension_asked() -> SuspensionAsked:
    return SuspensionAsked(
        at=AT,
        case_id=TICKET,
        unit="police",
        by="police-1",
        to_unit="grid",
        until=ACCEPT_BY,
        reason=WORDS,
        matter=matter(),
    )


def replaced(*, observed: bool = False, deadline: datetime | None = ACCEPT_BY) -> AwaitedUnitReplaced:
    """The grid verifies what another unit was to verify."""
    return AwaitedUnitReplaced(
        at=AT,
        case_id=TICKET,
        clock=Clock.VERIFY,
        from_unit="property",
        to_unit="grid",
        matter=matter(),
        observed_until=ACCEPT_BY if observed else None,
        deadline=deadline,
    )


def asked_anew() -> AwaitedUnitReplaced:
    """The grid answers what the police asked of another one."""
    return replaced().model_copy(update={"clock": Clock.ANSWER, "asked_by": "police", "about": About.EXTENSION})


def suspension_granted() -> SuspensionGranted:
    return SuspensionGranted(at=AT, case_id=TICKET, unit="committee", by="grid-1", until=ACCEPT_BY, matter=matter())


def suspension_refused() -> SuspensionRefused:
    return SuspensionRefused(at=AT, case_id=TICKET, unit="committee", by="grid-1", reason=WORDS, matter=matter())


def suspension_ended() -> SuspensionEnded:
    return SuspensionEnded(
        at=AT, case_id=TICKET, unit="committee", deadlines=Deadlines(resolve_by=ACCEPT_BY), matter=matter()
    )


FOLLOW_UP = UUID(int=5)


def follow_up_reminded(*, by_rule: bool = False) -> FollowUpReminded:
    return FollowUpReminded(
        at=AT,
        case_id=TICKET,
        follow_up=FOLLOW_UP,
        occurrence=1,
        unit="property",
        task=None if by_rule else WORDS,
        by_rule=Wording(zh="立好禁停牌", en="Put up the sign") if by_rule else None,
        deadline=ACCEPT_BY,
        matter=matter(),
    )


def follow_up_missed() -> FollowUpMissed:
    return FollowUpMissed(
        at=AT,
        case_id=TICKET,
        follow_up=FOLLOW_UP,
        occurrence=1,
        unit="property",
        task=WORDS,
        deadline=ACCEPT_BY,
        matter=matter(),
    )


def follow_up_done() -> FollowUpDone:
    return FollowUpDone(
        at=AT,
        case_id=TICKET,
        follow_up=FOLLOW_UP,
        occurrence=1,
        unit="property",
        by="property-1",
        note=WORDS,
        matter=matter(),
    )


def follow_up_recurred() -> FollowUpRecurred:
    return FollowUpRecurred(
        at=AT,
        case_id=TICKET,
        follow_up=FOLLOW_UP,
        occurrence=1,
        unit="property",
        other=UUID(int=9),
        by="property-1",
        words=WORDS,
        matter=matter(),
    )


def task_done() -> JointTaskDone:
    return JointTaskDone(
        at=AT, case_id=TICKET, unit="police", by="police-1", to_unit="committee", note=WORDS, matter=matter()
    )


def warned(*, clock: Clock = Clock.RESOLVE, asked_by: str | None = None) -> DeadlineWarned:
    return DeadlineWarned(
        at=AT,
        case_id=TICKET,
        clock=clock,
        unit="property",
        matter=matter(),
        deadline=ACCEPT_BY,
        next_due=ACCEPT_BY,
        asked_by=asked_by,
    )


def escalated(*, clock: Clock = Clock.ACCEPT, late: str = "property", asked_by: str | None = None) -> CaseEscalated:
    return CaseEscalated(
        at=AT,
        case_id=TICKET,
        clock=clock,
        level=1,
        from_unit=late,
        to_unit="committee",
        matter=matter(),
        asked_by=asked_by,
    )


def merged(*, phone: Sealed | None = REPORTERS_PHONE) -> CaseMerged:
    about = matter(phone=phone)
    return CaseMerged(
        at=AT, case_id=TICKET, into=UUID(int=8), into_number="1", unit="police", by="grid-1", matter=about
    )


def withdrawn() -> CaseWithdrawn:
    return CaseWithdrawn(at=AT, case_id=TICKET, unit="property", matter=matter())


def called_off() -> JointTaskReleased:
    """A called unit's task, since the reporter withdrew it."""
    return JointTaskReleased(at=AT, case_id=TICKET, unit="police", by="reporter", matter=matter())


def closed(*, history: bool = False, phone: Sealed | None = REPORTERS_PHONE) -> CaseClosed:
    return CaseClosed(at=AT, case_id=TICKET, unit="committee", matter=matter(phone=phone), history=history)
