"""What a message's row is after its events."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.notify.domain.message import SendState
from services.notify.projections import Row, keys_needed, row_after
from shared.contracts.envelope import Sealed
from shared.contracts.notify import (
    DeliveryReported,
    DeliveryStatus,
    SendAccepted,
    SendAttempted,
    SendRejected,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ID, TICKET = UUID(int=1), UUID(int=2)


def sealed(person: str, version: int = 1) -> Sealed:
    return Sealed(person=person, key_version=version, box="AAAA")


def test_an_attempt_is_held_for_a_minute_and_no_longer_due() -> None:
    before = Row(ID, SendState.QUEUED, AT, due_at=AT)

    row = row_after(
        before, SendAttempted(at=AT, notification_id=ID, ticket_id=TICKET, attempt=1, provider="x"), version=2
    )

    assert (row.state, row.attempts, row.due_at) == (SendState.ATTEMPTED, 1, None)
    assert row.held_until == AT + timedelta(seconds=60)


def test_a_refusal_for_now_is_due_again() -> None:
    again = AT + timedelta(seconds=10)
    event = SendRejected(at=AT, notification_id=ID, ticket_id=TICKET, attempt=1, code="20429", retry_at=again)

    row = row_after(None, event, version=3)

    assert (row.state, row.code, row.due_at, row.held_until) == (SendState.REJECTED, "20429", again, None)


def test_two_events_of_one_batch_make_one_row() -> None:
    accepted = SendAccepted(at=AT, notification_id=ID, ticket_id=TICKET, attempt=1, provider_message_id="SM1")
    reported = DeliveryReported(at=AT, notification_id=ID, ticket_id=TICKET, status=DeliveryStatus.DELIVERED)

    row = row_after(row_after(None, accepted, version=3), reported, version=4)

    assert (row.state, row.provider_message_id) == (SendState.DELIVERED, "SM1")


def test_a_message_waits_for_the_newest_key_of_everybody_in_it() -> None:
    needed = keys_needed(sealed("lead"), {"number": "204815736", "words": sealed("r1", 2), "note": sealed("r1", 1)})

    assert needed == '[{"person": "lead", "version": 1}, {"person": "r1", "version": 2}]'
