"""A ticket: opened or imported once, withdrawn before the fix, rated once after closing, disputed while it is fresh."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.intake.domain.errors import (
    AlreadyDisputedError,
    AlreadyOpenedError,
    AlreadyRatedError,
    AlreadyWithdrawnError,
    DisputeTooLateError,
    NotClosedYetError,
    NotResolvedYetError,
    UnknownTicketError,
    WithdrawTooLateError,
)
from services.intake.domain.progress import DISPUTE_WINDOW, DONE, Progress, Step
from shared.contracts.envelope import Attachment, Sealed
from shared.contracts.intake import (
    Channel,
    Contact,
    FixDisputed,
    IntakeEvent,
    Link,
    Milestones,
    Note,
    Rating,
    ReporterErased,
    StatedUrgency,
    TicketImported,
    TicketOpened,
    TicketRated,
    TicketSplit,
    TicketWithdrawn,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A ticket of another trouble that the same report told of, or of the same trouble at another time."""

    id: UUID
    number: str
    link: Link = Link.SECOND_TROUBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What was reported, and what the reporter has said since."""

    id: UUID
    number: str
    place: str
    category: str | None
    opened_at: datetime
    reporter: str
    text: Sealed
    has_phone: bool
    partner: str | None = None
    photo_count: int = 0
    stated_urgency: StatedUrgency | None = None
    rating: Rating | None = None
    rated_at: datetime | None = None
    disputed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    others: tuple[Other, ...] = ()
    reporter_erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """Somebody reports a trouble."""

    at: datetime
    id: UUID
    number: str
    place: str
    channel: Channel
    category: str | None
    text: Sealed
    reporter: str
    contact: Contact
    tracking_token: Sealed
    attachments: tuple[Attachment, ...] = ()
    locale: str = "zh"
    partner: str | None = None
    partner_reference: str | None = None
    split_from: UUID | None = None
    split_from_number: str | None = None
    link: Link = Link.SECOND_TROUBLE
    stated_urgency: StatedUrgency | None = None
    taken_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitTicket:
    """Staff found a second trouble in the ticket, or found its own back, which is `other` from now on."""

    at: datetime
    other: UUID
    other_number: str
    link: Link = Link.SECOND_TROUBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRating:
    """A rating that came with imported history."""

    at: datetime
    rating: Rating
    words: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTicket:
    """A ticket of another system's past is taken over as it was."""

    at: datetime
    id: UUID
    number: str
    place: str
    category: str | None
    text: Sealed
    reporter: str
    contact: Contact
    tracking_token: Sealed
    source: str
    source_id: str
    unit: str | None = None
    milestones: Milestones = field(default_factory=Milestones)
    notes: tuple[Note, ...] = ()
    rating: GivenRating | None = None
    stated_urgency: StatedUrgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The reporter says how satisfied they are. `progress` is what routing has told us."""

    at: datetime
    rating: Rating
    words: Sealed | None
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFix:
    """The reporter says that it is not fixed."""

    at: datetime
    words: Sealed
    progress: Progress
    window: timedelta = DISPUTE_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTicket:
    """The reporter wants nothing done any more."""

    at: datetime
    words: Sealed | None
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseReporter:
    """The reporter is forgotten."""

    at: datetime


Command = OpenTicket | ImportTicket | Rate | DisputeFix | SplitTicket | WithdrawTicket | EraseReporter


def decide(ticket: Ticket | None, command: Command) -> Sequence[IntakeEvent]:
    """What a command makes happen.

    Raises:
        IntakeError: it may not happen; which says why.
    """
    match command:
        case OpenTicket():
            return [_opened(ticket, command)]
        case ImportTicket():
            return _imported(ticket, command)
        case Rate():
            return [_rated(_known(ticket), command)]
        case DisputeFix():
            return [_disputed(_known(ticket), command)]
        case SplitTicket(at=at, other=other, other_number=number, link=link):
            return [TicketSplit(at=at, ticket_id=_known(ticket).id, other=other, other_number=number, link=link)]
        case WithdrawTicket():
            return [_withdrawn(_known(ticket), command)]
        case EraseReporter(at=at):
            known = _known(ticket)
            return [] if known.reporter_erased else [ReporterErased(at=at, ticket_id=known.id)]


def evolve(ticket: Ticket | None, event: IntakeEvent) -> Ticket | None:
    """The ticket after an event."""
    match event:
        case TicketOpened():
            own = replace(_reported(event), partner=event.partner, photo_count=len(event.attachments))
            return replace(own, others=_first_of(event))
        case TicketImported():
            return _reported(event)
        case TicketRated(at=at, rating=rating):
            return replace(_known(ticket), rating=rating, rated_at=at)
        case FixDisputed(at=at):
            # Whoever was satisfied and is no longer is asked anew once it is closed again.
            return replace(_known(ticket), disputed_at=at, rating=None)
        case TicketSplit(other=other, other_number=number, link=link):
            return replace(_known(ticket), others=(*_known(ticket).others, Other(id=other, number=number, link=link)))
        case TicketWithdrawn(at=at):
            return replace(_known(ticket), withdrawn_at=at)
        case ReporterErased():
            return replace(_known(ticket), reporter_erased=True)


def rating_of(ticket: Ticket, progress: Progress) -> Rating | None:
    """What the reporter says of how it stands: once anybody's word has reopened it, they are asked anew."""
    if ticket.rated_at is None or progress.reopened_at is None or ticket.rated_at >= progress.now.at:
        return ticket.rating
    return None


def may_rate(ticket: Ticket, progress: Progress) -> bool:
    """Whether the status page offers the rating."""
    return rating_of(ticket, progress) is None and _is_closed(ticket, progress)


def may_dispute(ticket: Ticket, progress: Progress, *, at: datetime) -> bool:
    """Whether the status page offers to say that it is not fixed."""
    return _why_no_dispute(ticket, progress, at=at, window=DISPUTE_WINDOW) is None


def may_withdraw(ticket: Ticket, progress: Progress) -> bool:
    """Whether the status page offers to withdraw it."""
    return _why_no_withdrawal(ticket, progress) is None


def _is_closed(ticket: Ticket, progress: Progress) -> bool:
    """Closed since it was last disputed: what routing makes of a dispute takes a moment to come."""
    closed_at = progress.now.at
    return progress.now.step is Step.CLOSED and (ticket.disputed_at is None or closed_at > ticket.disputed_at)


def _known(ticket: Ticket | None) -> Ticket:
    if ticket is None:
        raise UnknownTicketError
    return ticket


def _opened(ticket: Ticket | None, command: OpenTicket) -> TicketOpened:
    if ticket is not None:
        raise AlreadyOpenedError
    return TicketOpened(
        at=command.at,
        ticket_id=command.id,
        number=command.number,
        place=command.place,
        channel=command.channel,
        category=command.category,
        text=command.text,
        reporter=command.reporter,
        contact=command.contact,
        tracking_token=command.tracking_token,
        attachments=command.attachments,
        locale=command.locale,
        partner=command.partner,
        partner_reference=command.partner_reference,
        split_from=command.split_from,
        split_from_number=command.split_from_number,
        link=command.link,
        stated_urgency=command.stated_urgency,
        taken_by=command.taken_by,
    )


def _imported(ticket: Ticket | None, command: ImportTicket) -> Sequence[IntakeEvent]:
    if ticket is not None:
        raise AlreadyOpenedError
    imported = TicketImported(
        at=command.at,
        ticket_id=command.id,
        number=command.number,
        place=command.place,
        category=command.category,
        text=command.text,
        reporter=command.reporter,
        contact=command.contact,
        tracking_token=command.tracking_token,
        source=command.source,
        source_id=command.source_id,
        unit=command.unit,
        milestones=command.milestones,
        notes=command.notes,
        stated_urgency=command.stated_urgency,
    )
    given = command.rating
    if given is None:
        return [imported]
    return [
        imported,
        TicketRated(at=given.at, ticket_id=command.id, rating=given.rating, words=given.words, history=True),
    ]


def _rated(ticket: Ticket, command: Rate) -> TicketRated:
    if ticket.withdrawn_at is not None:
        raise AlreadyWithdrawnError
    if rating_of(ticket, command.progress) is not None:
        raise AlreadyRatedError
    if not _is_closed(ticket, command.progress):
        raise NotClosedYetError
    return TicketRated(at=command.at, ticket_id=ticket.id, rating=command.rating, words=command.words)


def _disputed(ticket: Ticket, command: DisputeFix) -> FixDisputed:
    refusal = _why_no_dispute(ticket, command.progress, at=command.at, window=command.window)
    if refusal is not None:
        raise refusal
    return FixDisputed(at=command.at, ticket_id=ticket.id, words=command.words)


def _withdrawn(ticket: Ticket, command: WithdrawTicket) -> TicketWithdrawn:
    refusal = _why_no_withdrawal(ticket, command.progress)
    if refusal is not None:
        raise refusal
    return TicketWithdrawn(at=command.at, ticket_id=ticket.id, words=command.words)


def _why_no_withdrawal(ticket: Ticket, progress: Progress) -> type[AlreadyWithdrawnError | WithdrawTooLateError] | None:
    if ticket.withdrawn_at is not None:
        return AlreadyWithdrawnError
    return WithdrawTooLateError if progress.now.step in DONE else None


def _why_no_dispute(
    ticket: Ticket, progress: Progress, *, at: datetime, window: timedelta
) -> type[AlreadyDisputedError | AlreadyWithdrawnError | NotResolvedYetError | DisputeTooLateError] | None:
    if ticket.withdrawn_at is not None:
        return AlreadyWithdrawnError
    resolved_at = progress.resolved_at
    if resolved_at is None:
        return NotResolvedYetError
    if ticket.disputed_at is not None and ticket.disputed_at >= resolved_at:
        return AlreadyDisputedError
    return DisputeTooLateError if at - progress.now.at > window else None


def _reported(event: TicketOpened | TicketImported) -> Ticket:
    return Ticket(
        id=event.ticket_id,
        number=event.number,
        place=event.place,
        category=event.category,
        opened_at=event.at,
        reporter=event.reporter,
        text=event.text,
        has_phone=event.contact.phone is not None,
        stated_urgency=event.stated_urgency,
    )


def _first_of(event: TicketOpened) -> tuple[Other, ...]:
    if event.split_from is None or event.split_from_number is None:
        return ()
    return (Other(id=event.split_from, number=event.split_from_number, link=event.link),)
