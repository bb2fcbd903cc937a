"""What becomes of one message: queued, attempted, then accepted, rejected or unknown; delivered or not; or never sent.

Nothing is ever sent twice for want of an answer: only a refusal that says "not taken" is followed by another attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.notify.domain.commands import (
    Accept,
    Attempt,
    Command,
    GiveUp,
    LoseTrack,
    Params,
    Postpone,
    PutBack,
    Queue,
    Reject,
    Report,
    Suppress,
)
from services.notify.domain.errors import NeverSentError
from shared.contracts.envelope import Sealed
from shared.contracts.notify import (
    Audience,
    DeliveryReported,
    NotificationPostponed,
    NotificationQueued,
    NotificationSuppressed,
    NotifyEvent,
    OwnWording,
    SendAccepted,
    SendAttempted,
    SendRejected,
    SendUnknown,
)

# How long after each refusal the next attempt comes; after the last one there is none. A provider that is away for a
# night must lose nothing: they go on for a day.
RETRY_AFTER = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    *[timedelta(minutes=30)] * 47,
)
ATTEMPTS_MAX = len(RETRY_AFTER) + 1
# Longer than any attempt may take: who has not come back by then has died, and the outcome is unknown.
LEASE = timedelta(seconds=60)
LOOKED_AT_WITHIN = timedelta(minutes=1)


class SendState(StrEnum):
    """How far a message has come."""

    NEW = "new"
    POSTPONED = "postponed"
    QUEUED = "queued"
    ATTEMPTED = "attempted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SUPPRESSED = "suppressed"


TAKEN = frozenset({SendState.ACCEPTED, SendState.DELIVERED, SendState.UNDELIVERED})
REPORTED = frozenset({SendState.DELIVERED, SendState.UNDELIVERED})
NOT_QUEUED = frozenset({SendState.NEW, SendState.POSTPONED})
NEVER_SENT = NOT_QUEUED | {SendState.QUEUED, SendState.SUPPRESSED}


NOT_YET = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Notification:
    """One message as its events made it."""

    state: SendState = SendState.NEW
    notification_id: UUID = NOT_YET
    ticket_id: UUID = NOT_YET
    audience: Audience = Audience.REPORTER
    template: str = ""
    locale: str = "zh"
    recipient: Sealed | None = None
    # Whose duty holder is told as soon as there is one.
    unit: str = ""
    until: datetime | None = None
    params: Params = field(default_factory=lambda: MappingProxyType({}))
    own_wording: OwnWording | None = None
    attempts: int = 0
    # Of these, those that the provider refused for the message's own sake.
    refusals: int = 0
    retry_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether an attempt is still to come."""
        return self.state is SendState.QUEUED or (self.state is SendState.REJECTED and self.retry_at is not None)


def decide(notification: Notification, command: Command) -> Sequence[NotifyEvent]:
    """What follows; nothing where the command comes late or twice.

    Raises:
        NeverSentError: a receipt for what was never handed to a provider.
    """
    match command:
        case Suppress():
            return [_withheld(command)] if notification.state is SendState.NEW else []
        case Postpone():
            waits_already = notification.state is SendState.POSTPONED and notification.until == command.until
            return [_postponed(command)] if notification.state in NOT_QUEUED and not waits_already else []
        case Queue():
            return [_wanted(command)] if notification.state in NOT_QUEUED else []
        case GiveUp():
            still_to_come = notification.waits or notification.state is SendState.POSTPONED
            return [_given_up(notification, command)] if still_to_come else []
        case Attempt():
            return [_attempted(notification, command)] if notification.waits else []
        case Report():
            return _reported(notification, command)
        case Accept() | Reject() | PutBack() | LoseTrack():
            return _come_of(notification, command)


def next_look(at: datetime, until: datetime | None) -> datetime:
    """When a postponed message is looked at again: within a minute, since a change of the rota may be on its way."""
    within = at + LOOKED_AT_WITHIN
    return within if until is None else min(until, within)


def _wanted(command: Queue) -> NotifyEvent:
    return NotificationQueued(
        at=command.at,
        notification_id=command.notification_id,
        ticket_id=command.ticket_id,
        audience=command.audience,
        template=command.template,
        locale=command.locale,
        recipient=command.recipient,
        params=dict(command.params),
        own_wording=command.own_wording,
    )


def _postponed(command: Postpone) -> NotifyEvent:
    return NotificationPostponed(
        at=command.at,
        notification_id=command.notification_id,
        ticket_id=command.ticket_id,
        audience=command.audience,
        template=command.template,
        locale=command.locale,
        unit=command.unit,
        params=dict(command.params),
        until=command.until,
        own_wording=command.own_wording,
    )


def _withheld(command: Suppress) -> NotifyEvent:
    return NotificationSuppressed(
        at=command.at,
        notification_id=command.notification_id,
        ticket_id=command.ticket_id,
        audience=command.audience,
        template=command.template,
        reason=command.reason,
    )


def _given_up(notification: Notification, command: GiveUp) -> NotifyEvent:
    return NotificationSuppressed(
        at=command.at,
        notification_id=notification.notification_id,
        ticket_id=notification.ticket_id,
        audience=notification.audience,
        template=notification.template,
        reason=command.reason,
    )


def _attempted(notification: Notification, command: Attempt) -> NotifyEvent:
    return SendAttempted(
        at=command.at,
        notification_id=notification.notification_id,
        ticket_id=notification.ticket_id,
        attempt=notification.attempts + 1,
        provider=command.provider,
    )


def _come_of(notification: Notification, command: Accept | Reject | PutBack | LoseTrack) -> Sequence[NotifyEvent]:
    """An outcome counts while it is awaited; one that was given up as unknown may still be learnt."""
    match command:
        case Accept() if notification.state in (SendState.ATTEMPTED, SendState.UNKNOWN):
            return [_accepted(notification, at=command.at, provider_message_id=command.provider_message_id)]
        case Reject() if notification.state in (SendState.ATTEMPTED, SendState.UNKNOWN):
            return [_rejected(notification, command)]
        case PutBack(at=at) if notification.state in (SendState.ATTEMPTED, SendState.UNKNOWN):
            return [_refused(notification, command, retry_at=at)]
        case LoseTrack() if notification.state is SendState.ATTEMPTED:
            return [_lost(notification, command)]
        case Accept() | Reject() | PutBack() | LoseTrack():
            return []


def _accepted(notification: Notification, *, at: datetime, provider_message_id: str) -> NotifyEvent:
    return SendAccepted(
        at=at,
        notification_id=notification.notification_id,
        ticket_id=notification.ticket_id,
        attempt=notification.attempts,
        provider_message_id=provider_message_id,
    )


def _rejected(notification: Notification, command: Reject) -> NotifyEvent:
    again = command.retryable and notification.refusals < len(RETRY_AFTER)
    retry_at = command.at + RETRY_AFTER[notification.refusals] if again else None
    return _refused(notification, command, retry_at=retry_at)


def _refused(notification: Notification, command: Reject | PutBack, *, retry_at: datetime | None) -> NotifyEvent:
    return SendRejected(
        at=command.at,
        notification_id=notification.notification_id,
        ticket_id=notification.ticket_id,
        attempt=notification.attempts,
        code=command.code,
        retry_at=retry_at,
    )


def _lost(notification: Notification, command: LoseTrack) -> NotifyEvent:
    return SendUnknown(
        at=command.at,
        notification_id=notification.notification_id,
        ticket_id=notification.ticket_id,
        attempt=notification.attempts,
        cause=command.cause,
    )


def _reported(notification: Notification, command: Report) -> Sequence[NotifyEvent]:
    """A receipt proves that the provider took it, whatever we knew before; the first final word counts."""
    if notification.state in NEVER_SENT:
        raise NeverSentError
    events: list[NotifyEvent] = []
    if notification.state not in TAKEN:
        events.append(_accepted(notification, at=command.at, provider_message_id=command.provider_message_id))
    if command.status is not None and notification.state not in REPORTED:
        events.append(
            DeliveryReported(
                at=command.at,
                notification_id=notification.notification_id,
                ticket_id=notification.ticket_id,
                status=command.status,
                code=command.code,
            )
        )
    return events


def evolve(notification: Notification, event: NotifyEvent) -> Notification:
    """The message after an event."""
    match event:
        case NotificationQueued() | NotificationPostponed() | NotificationSuppressed():
            return _wished(notification, event)
        case SendAttempted(attempt=attempt):
            return replace(notification, state=SendState.ATTEMPTED, attempts=attempt, retry_at=None)
        case SendAccepted():
            return replace(notification, state=SendState.ACCEPTED, retry_at=None)
        case SendRejected(at=at, retry_at=retry_at):
            # What was only put back is due at once, and has used up none of its attempts.
            refusals = notification.refusals + (retry_at != at)
            return replace(notification, state=SendState.REJECTED, retry_at=retry_at, refusals=refusals)
        case SendUnknown():
            return replace(notification, state=SendState.UNKNOWN)
        case DeliveryReported(status=status):
            return replace(notification, state=SendState(status.value))


def _wished(
    notification: Notification, event: NotificationQueued | NotificationPostponed | NotificationSuppressed
) -> Notification:
    match event:
        case NotificationQueued():
            return _queued(event)
        case NotificationPostponed():
            return _waiting(event)
        case NotificationSuppressed():
            return _suppressed(notification, event)


def _queued(event: NotificationQueued) -> Notification:
    return Notification(
        state=SendState.QUEUED,
        notification_id=event.notification_id,
        ticket_id=event.ticket_id,
        audience=event.audience,
        template=event.template,
        locale=event.locale,
        recipient=event.recipient,
        params=MappingProxyType(event.params),
        own_wording=event.own_wording,
    )


def _waiting(event: NotificationPostponed) -> Notification:
    return Notification(
        state=SendState.POSTPONED,
        notification_id=event.notification_id,
        ticket_id=event.ticket_id,
        audience=event.audience,
        template=event.template,
        locale=event.locale,
        unit=event.unit,
        until=event.until,
        params=MappingProxyType(event.params),
        own_wording=event.own_wording,
    )


def _suppressed(notification: Notification, event: NotificationSuppressed) -> Notification:
    return replace(
        notification,
        state=SendState.SUPPRESSED,
        notification_id=event.notification_id,
        ticket_id=event.ticket_id,
        audience=event.audience,
        template=event.template,
        retry_at=None,
    )
