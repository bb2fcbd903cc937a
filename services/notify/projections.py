"""From notify's events to the table of messages, set by set, in the append's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.notify.domain.commands import Params
from services.notify.domain.message import LEASE, SendState, next_look
from services.notify.queries import SQL
from shared.contracts.envelope import Sealed
from shared.contracts.notify import (
    DeliveryReported,
    DeliveryStatus,
    NotificationPostponed,
    NotificationQueued,
    NotificationSuppressed,
    NotifyEvent,
    SendAccepted,
    SendAttempted,
    SendRejected,
    SendUnknown,
)
from shared.kernel import metrics
from shared.kernel.event_store import Recorded, Rows

# From nought on: a counter that begins with its first receipt shows no increase by it.
for status in DeliveryStatus:
    metrics.RECEIPTS.labels(status=status.value)

Begun = NotificationQueued | NotificationPostponed | NotificationSuppressed


@dataclass(frozen=True, slots=True)
class Row:
    """A message's row after a batch of its events; what is None is left as it was, but for the two times."""

    id: UUID
    state: SendState
    at: datetime
    begun: Begun | None = None
    keys_needed: str | None = None
    attempts: int = 0
    provider_message_id: str | None = None
    code: str | None = None
    reason: str | None = None
    due_at: datetime | None = None
    held_until: datetime | None = None


def project(recorded: Sequence[Recorded]) -> Sequence[Rows]:
    """What these events made of their messages, each message once."""
    rows: dict[UUID, Row] = {}
    for each in recorded:
        event: NotifyEvent = each.event
        rows[event.notification_id] = row_after(rows.get(event.notification_id), event, version=each.version)
        _count(event)
    begun, changed = [row for row in rows.values() if row.begun], [row for row in rows.values() if not row.begun]
    return [*_added(begun), *_changed(changed)]


def row_after(before: Row | None, event: NotifyEvent, *, version: int) -> Row:
    """The row after one more event; a first event makes it."""
    was = before or Row(event.notification_id, SendState.NEW, event.at)
    then = replace(was, at=event.at, due_at=None, held_until=None)
    match event:
        case NotificationQueued() | NotificationPostponed() | NotificationSuppressed():
            return _wished(replace(then, begun=event) if version == 1 else then, event)
        case SendAttempted(at=at, attempt=attempt):
            return replace(then, state=SendState.ATTEMPTED, attempts=attempt, held_until=at + LEASE)
        case SendAccepted(provider_message_id=provider_message_id):
            return replace(then, state=SendState.ACCEPTED, provider_message_id=provider_message_id)
        case SendRejected(code=code, retry_at=retry_at):
            return replace(then, state=SendState.REJECTED, code=code, due_at=retry_at)
        case SendUnknown(cause=cause):
            return replace(then, state=SendState.UNKNOWN, code=cause.value)
        case DeliveryReported(status=status, code=code):
            return replace(then, state=SendState(status.value), code=code)


def _wished(row: Row, event: Begun) -> Row:
    match event:
        case NotificationQueued(at=at, recipient=recipient, params=params):
            return replace(row, state=SendState.QUEUED, keys_needed=keys_needed(recipient, params), due_at=at)
        case NotificationPostponed(until=until):
            return replace(row, state=SendState.POSTPONED, due_at=next_look(event.at, until))
        case NotificationSuppressed(reason=reason):
            return replace(row, state=SendState.SUPPRESSED, reason=reason.value)


def keys_needed(recipient: Sealed, params: Params) -> str:
    """The keys without which this message can not be opened, each person's highest version."""
    versions: dict[str, int] = {}
    for sealed in _sealed_in(recipient, params):
        versions[sealed.person] = max(sealed.key_version, versions.get(sealed.person, 0))
    return json.dumps([{"person": person, "version": version} for person, version in versions.items()])


def _sealed_in(recipient: Sealed, params: Mapping[str, Sealed | str]) -> Iterable[Sealed]:
    yield recipient
    yield from (value for value in params.values() if isinstance(value, Sealed))


def _added(rows: Sequence[Row]) -> Sequence[Rows]:
    begun = [(row, row.begun) for row in rows if row.begun]
    if not begun:
        return ()
    columns = (
        [row.id for row, _ in begun],
        [event.ticket_id for _, event in begun],
        [event.audience.value for _, event in begun],
        [event.template for _, event in begun],
        [row.state.value for row, _ in begun],
        [row.reason for row, _ in begun],
        [row.keys_needed or "[]" for row, _ in begun],
        [event.at for _, event in begun],
        [row.due_at for row, _ in begun],
    )
    return (Rows(SQL["add_notifications"], columns),)


def _changed(rows: Sequence[Row]) -> Sequence[Rows]:
    if not rows:
        return ()
    # In one order, so that two that change the same messages can not deadlock.
    ordered = sorted(rows, key=lambda row: row.id)
    columns = (
        [row.id for row in ordered],
        [row.state.value for row in ordered],
        [row.attempts for row in ordered],
        [row.provider_message_id for row in ordered],
        [row.code for row in ordered],
        [row.reason for row in ordered],
        [row.at for row in ordered],
        [row.due_at for row in ordered],
        [row.held_until for row in ordered],
        [row.keys_needed for row in ordered],
    )
    return (Rows(SQL["change_notifications"], columns),)


def _count(event: NotifyEvent) -> None:
    if isinstance(event, DeliveryReported):
        metrics.RECEIPTS.labels(status=event.status.value).inc()
    if isinstance(event, NotificationSuppressed):
        metrics.SUPPRESSED.labels(reason=event.reason.value).inc()
    if isinstance(event, NotificationPostponed):
        metrics.POSTPONED.inc()
