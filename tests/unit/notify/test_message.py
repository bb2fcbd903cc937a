"""What becomes of a message."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.commands import (
    Accept,
    Attempt,
    Command,
    GiveUp,
    LoseTrack,
    Postpone,
    PutBack,
    Queue,
    Reject,
    Report,
    Suppress,
)
from services.notify.domain.errors import NeverSentError
from services.notify.domain.message import ATTEMPTS_MAX, RETRY_AFTER, Notification, SendState, decide, evolve
from shared.contracts.envelope import Sealed
from shared.contracts.notify import (
    Audience,
    DeliveryReported,
    DeliveryStatus,
    NotificationQueued,
    NotificationSuppressed,
    NotifyEvent,
    SendAttempted,
    SendRejected,
    SendUnknown,
    SuppressionReason,
    UnknownCause,
)

AT = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
ID, TICKET = UUID(int=1), UUID(int=2)
PHONE = Sealed(person="r1", key_version=1, box="AAAA")

QUEUE = Queue(AT, ID, TICKET, Audience.REPORTER, "ticket_received", "zh", PHONE, {"number": "204815736"})
SUPPRESS = Suppress(AT, ID, TICKET, Audience.REPORTER, "ticket_received", SuppressionReason.NO_PHONE)
POSTPONE = Postpone(
    AT, ID, TICKET, Audience.DUTY, "case_assigned", "zh", "property", {"number": "204815736"}, AT + timedelta(hours=3)
)
ATTEMPT = Attempt(AT, "sandbox")
ACCEPT = Accept(AT, "SM1")
REFUSE = Reject(AT, "21211", retryable=False)
PUT_OFF = Reject(AT, "20429", retryable=True)
PUT_BACK = PutBack(AT, "20003")
FORGET = GiveUp(AT, SuppressionReason.FORGOTTEN)
SUPERSEDE = GiveUp(AT, SuppressionReason.SUPERSEDED)
LOSE = LoseTrack(AT, UnknownCause.TIMEOUT)
ON_ITS_WAY = Report(AT, "SM1")
DELIVERED = Report(AT, "SM1", DeliveryStatus.DELIVERED)
UNDELIVERED = Report(AT, "SM1", DeliveryStatus.UNDELIVERED, "30003")


def after(*commands: Command) -> Notification:
    return reduce(lambda state, command: reduce(evolve, decide(state, command), state), commands, Notification())


def decided(state: Notification, command: Command) -> list[str]:
    return [type(event).__name__ for event in decide(state, command)]


def test_a_wish_is_queued_with_what_its_template_needs() -> None:
    [event] = decide(Notification(), QUEUE)

    assert event == NotificationQueued(
        at=AT,
        notification_id=ID,
        ticket_id=TICKET,
        audience=Audience.REPORTER,
        template="ticket_received",
        locale="zh",
        recipient=PHONE,
        params={"number": "204815736"},
    )


def test_what_nobody_answers_for_now_waits_until_somebody_does() -> None:
    waiting = after(POSTPONE)

    assert (waiting.state, waiting.unit, waiting.until) == (SendState.POSTPONED, "property", AT + timedelta(hours=3))
    assert decided(waiting, ATTEMPT) == []
    assert decided(waiting, replace(POSTPONE, until=None)) == ["NotificationPostponed"]
    assert decided(waiting, POSTPONE) == []
    assert decided(waiting, QUEUE) == ["NotificationQueued"]


def test_what_is_queued_is_not_postponed() -> None:
    assert decided(after(QUEUE), POSTPONE) == []


def test_what_is_not_sent_says_why() -> None:
    [event] = decide(Notification(), SUPPRESS)

    assert isinstance(event, NotificationSuppressed)
    assert event.reason is SuppressionReason.NO_PHONE


@pytest.mark.parametrize("again", [QUEUE, SUPPRESS])
@pytest.mark.parametrize("first", [QUEUE, SUPPRESS])
def test_the_same_wish_again_changes_nothing(first: Command, again: Command) -> None:
    assert decide(after(first), again) == []


def test_an_attempt_is_counted_and_names_its_provider() -> None:
    [event] = decide(after(QUEUE, ATTEMPT, PUT_OFF), ATTEMPT)

    assert isinstance(event, SendAttempted)
    assert (event.attempt, event.provider) == (2, "sandbox")


@pytest.mark.parametrize("what_came", [ACCEPT, REFUSE, LOSE, DELIVERED])
def test_what_was_accepted_refused_or_lost_is_never_attempted_again(what_came: Command) -> None:
    assert decide(after(QUEUE, ATTEMPT, what_came), ATTEMPT) == []


def test_an_attempt_under_way_is_not_made_twice() -> None:
    assert decide(after(QUEUE, ATTEMPT), ATTEMPT) == []


def test_a_suppressed_message_is_never_attempted() -> None:
    assert decide(after(SUPPRESS), ATTEMPT) == []


def test_a_refusal_for_now_is_followed_by_another_attempt_later_and_later() -> None:
    state, waits = after(QUEUE), list[Any]()

    for _ in range(ATTEMPTS_MAX):
        state = reduce(evolve, decide(state, ATTEMPT), state)
        [event] = decide(state, PUT_OFF)
        assert isinstance(event, SendRejected)
        waits.append(event.retry_at and event.retry_at - AT)
        state = evolve(state, event)

    assert waits == [
        timedelta(seconds=10),
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        *[timedelta(minutes=30)] * 47,
        None,
    ]
    assert timedelta(hours=23) < sum(waits[:-1], timedelta()) < timedelta(hours=24)
    assert not state.waits


def test_a_refusal_for_good_is_not_followed_by_anything() -> None:
    [event] = decide(after(QUEUE, ATTEMPT), REFUSE)

    assert isinstance(event, SendRejected)
    assert (event.code, event.retry_at) == ("21211", None)


def test_a_message_stays_due_however_often_the_provider_refuses_us() -> None:
    refusals: list[Command] = [ATTEMPT, PUT_BACK]

    state = after(QUEUE, *refusals * (ATTEMPTS_MAX + 1))

    assert (state.state, state.retry_at) == (SendState.REJECTED, AT)
    assert decided(state, ATTEMPT) == ["SendAttempted"]


def test_an_outcome_nobody_knows_stays_visibly_unknown() -> None:
    [event] = decide(after(QUEUE, ATTEMPT), LOSE)

    assert isinstance(event, SendUnknown)
    assert event.cause is UnknownCause.TIMEOUT
    assert after(QUEUE, ATTEMPT, LOSE).state is SendState.UNKNOWN


def test_a_late_answer_settles_what_was_unknown() -> None:
    assert decided(after(QUEUE, ATTEMPT, LOSE), ACCEPT) == ["SendAccepted"]
    assert decided(after(QUEUE, ATTEMPT, LOSE), REFUSE) == ["SendRejected"]


def test_a_receipt_settles_what_was_unknown() -> None:
    assert decided(after(QUEUE, ATTEMPT, LOSE), DELIVERED) == ["SendAccepted", "DeliveryReported"]


def test_a_receipt_that_overtakes_the_answer_proves_the_acceptance_once() -> None:
    overtaken = after(QUEUE, ATTEMPT, ON_ITS_WAY)

    assert overtaken.state is SendState.ACCEPTED
    assert decide(overtaken, ACCEPT) == []


def test_a_receipt_shows_that_a_refused_message_was_taken_and_stops_its_repetition() -> None:
    state = after(QUEUE, ATTEMPT, PUT_OFF, ON_ITS_WAY)

    assert state.state is SendState.ACCEPTED
    assert not state.waits


def test_an_undelivered_message_says_the_providers_code() -> None:
    [event] = decide(after(QUEUE, ATTEMPT, ACCEPT), UNDELIVERED)

    assert isinstance(event, DeliveryReported)
    assert (event.status, event.code) == (DeliveryStatus.UNDELIVERED, "30003")


def test_the_first_final_receipt_counts() -> None:
    assert decide(after(QUEUE, ATTEMPT, ACCEPT, DELIVERED), UNDELIVERED) == []
    assert decide(after(QUEUE, ATTEMPT, ACCEPT, DELIVERED), ON_ITS_WAY) == []


@pytest.mark.parametrize("before", [(), (QUEUE,), (SUPPRESS,)])
def test_a_receipt_for_what_was_never_sent_is_refused(before: Sequence[Command]) -> None:
    with pytest.raises(NeverSentError):
        decide(after(*before), DELIVERED)


@pytest.mark.parametrize("waiting", [(QUEUE,), (QUEUE, ATTEMPT, PUT_OFF)])
def test_a_recipient_who_is_forgotten_is_not_written_to(waiting: Sequence[Command]) -> None:
    [event] = decide(after(*waiting), FORGET)

    assert isinstance(event, NotificationSuppressed)
    assert event.reason is SuppressionReason.FORGOTTEN
    assert decide(after(*waiting, FORGET), ATTEMPT) == []


def test_what_waits_for_somebody_on_duty_is_given_up_when_its_case_goes_on() -> None:
    [event] = decide(after(POSTPONE), SUPERSEDE)

    assert isinstance(event, NotificationSuppressed)
    assert event.reason is SuppressionReason.SUPERSEDED
    assert decide(after(POSTPONE, SUPERSEDE), QUEUE) == []


def test_what_was_only_put_back_has_used_up_none_of_its_attempts() -> None:
    put_back = (ATTEMPT, PUT_BACK) * ATTEMPTS_MAX

    [event] = decide(after(QUEUE, *put_back, ATTEMPT), PUT_OFF)

    assert isinstance(event, SendRejected)
    assert event.retry_at == AT + RETRY_AFTER[0]


def test_forgetting_comes_too_late_for_what_is_sent() -> None:
    assert decide(after(QUEUE, ATTEMPT), FORGET) == []


COMMANDS: tuple[Command, ...] = (
    QUEUE, SUPPRESS, POSTPONE, FORGET, SUPERSEDE, ATTEMPT, ACCEPT, REFUSE, PUT_OFF, PUT_BACK, LOSE, ON_ITS_WAY,
    DELIVERED, UNDELIVERED,
)  # fmt: skip


@given(st.lists(st.sampled_from(COMMANDS), max_size=40))
def test_whatever_happens_no_message_is_accepted_twice_or_sent_after_it_may_have_been_taken(
    commands: list[Command],
) -> None:
    state, events = Notification(), list[NotifyEvent]()

    for command in commands:
        try:
            new = decide(state, command)
        except NeverSentError:
            continue
        events += new
        state = reduce(evolve, new, state)

    names = [type(event).__name__ for event in events]
    assert names.count("SendAccepted") <= 1
    assert names.count("DeliveryReported") <= 1
    put_back = [event for event in events if isinstance(event, SendRejected) and event.code == PUT_BACK.code]
    assert names.count("SendAttempted") <= ATTEMPTS_MAX + len(put_back)
    assert ("SendUnknown", "SendAttempted") not in pairwise(names)
    taken_at = names.index("SendAccepted") if "SendAccepted" in names else len(names)
    assert "SendAttempted" not in names[taken_at:]
    assert all(event.notification_id == ID and event.ticket_id == TICKET for event in events)
