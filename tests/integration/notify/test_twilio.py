"""Messages by Twilio over real HTTP, against a server that behaves as its documentation says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from twilio.request_validator import RequestValidator

from shared.contracts.intake import TicketOpened
from shared.contracts.routing import CaseAccepted
from shared.kernel.runtime import Runtime
from shared.testing.waiting import eventually
from tests.integration.notify.conftest import REPORTERS_PHONE, Post, Town, a_config, opened_post
from tests.integration.notify.twilio_server import ACCOUNT, TOKEN, Answer, TwilioServer, refusal, twilio_server
from tests.unit.notify.samples import AT

SENDER = "+8610000009999"


@dataclass(frozen=True, slots=True)
class TwilioPost:
    """Notify with Twilio, and Twilio."""

    post: Post
    twilio: TwilioServer

    async def sent(self, state: str) -> tuple[TicketOpened, UUID]:
        """A ticket whose message has come to this state."""
        ticket = await self.post.town.report()
        [message] = await self.post.until(ticket.ticket_id, state)
        return ticket, message.id

    async def call_back(
        self, notification_id: UUID, status: str, *, token: str = TOKEN, **more: str
    ) -> httpx2.Response:
        """Report as Twilio does: form fields, signed with the address."""
        path = f"/webhooks/twilio/status?notification={notification_id}"
        form = {"MessageSid": "SM1", "MessageStatus": status, "AccountSid": ACCOUNT, "To": REPORTERS_PHONE, **more}
        signature = RequestValidator(token).compute_signature(f"https://yima.test{path}", form)
        return await self.post.http.post(path, data=form, headers={"X-Twilio-Signature": signature})


@asynccontextmanager
async def beside(town: Town, *, timeout_s: float = 0.5) -> AsyncIterator[TwilioPost]:
    """Notify with Twilio."""
    async with twilio_server() as twilio:
        config = a_config(
            provider="twilio",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_sender=SENDER,
            twilio_base_url=twilio.url,
            twilio_timeout_s=timeout_s,
        )
        async with opened_post(town, config) as post:
            await post.settled()
            yield TwilioPost(post, twilio)


@pytest_asyncio.fixture(loop_scope="session")
async def twilio(town: Town) -> AsyncIterator[TwilioPost]:
    """Notify with a Twilio of the test's own."""
    async with beside(town) as opened:
        yield opened


async def test_what_twilio_takes_is_accepted_under_its_id(twilio: TwilioPost) -> None:
    ticket, message_id = await twilio.sent("accepted")

    [request] = twilio.twilio.requests
    assert (request["To"], request["From"]) == (REPORTERS_PHONE, SENDER)
    assert request["Body"].startswith("【一号一码】您反映的问题已收到，编号 204 815 736。")
    assert request["StatusCallback"] == f"https://yima.test/webhooks/twilio/status?notification={message_id}"
    [message] = await twilio.post.messages(ticket.ticket_id)
    assert message.provider_message_id == "SM" + "1".zfill(32)


async def test_a_refusal_is_final_and_repeats_no_phone(twilio: TwilioPost) -> None:
    twilio.twilio.answers.append(refusal(400, 21211))

    ticket, message_id = await twilio.sent("rejected")

    [message] = await twilio.post.messages(ticket.ticket_id)
    assert (message.code, message.due_at, len(twilio.twilio.requests)) == ("21211", None, 1)
    events = await twilio.post.notify.runtime.pool.fetch(
        "SELECT data::text FROM events WHERE stream = $1", f"notification-{message_id}"
    )
    assert not any("0000001234" in row["data"] for row in events)


async def test_too_many_requests_are_tried_again_later(twilio: TwilioPost) -> None:
    twilio.twilio.answers.append(refusal(429, 20429))
    ticket, message_id = await twilio.sent("rejected")
    [message] = await twilio.post.messages(ticket.ticket_id)
    assert (message.code, message.due_at) == ("20429", AT + timedelta(seconds=10))
    assert len(twilio.twilio.requests) == 1

    twilio.post.clock.advance(timedelta(seconds=10))

    await twilio.post.until(ticket.ticket_id, "accepted")
    assert await twilio.post.events_of(message_id) == [
        "NotificationQueued",
        "SendAttempted",
        "SendRejected",
        "SendAttempted",
        "SendAccepted",
    ]


async def test_what_was_refused_for_now_is_not_sent_when_its_case_has_gone_on(twilio: TwilioPost, town: Town) -> None:
    twilio.twilio.answers.append(refusal(429, 20429))
    ticket = town.ticket()
    stream = f"case-{ticket.ticket_id}"
    await town.routing.publish(stream, town.assignment(ticket, unit="committee"))
    [refused] = await twilio.post.until(ticket.ticket_id, "rejected")

    accepted = CaseAccepted(at=AT, case_id=ticket.ticket_id, unit="committee", by="lead")
    await town.routing.publish(stream, accepted)

    [message] = await twilio.post.until(ticket.ticket_id, "suppressed")
    assert (message.id, message.reason) == (refused.id, "superseded")
    assert len(twilio.twilio.requests) == 1


@pytest.mark.parametrize("answer", [refusal(401, 20003), refusal(403, 20005)], ids=["401", "403"])
async def test_an_account_that_is_refused_stops_the_sending_and_keeps_every_message_due(
    twilio: TwilioPost, answer: Answer
) -> None:
    runtime = twilio.post.notify.runtime
    twilio.twilio.answers.append(answer)
    first, _ = await twilio.sent("rejected")

    await eventually(lambda: has_stopped(runtime))
    second = await twilio.post.town.report()
    await twilio.post.until(second.ticket_id, "queued")

    assert "YIMA_NOTIFY_TWILIO_AUTH_TOKEN" in (await runtime.troubles())["effects"]
    assert [each.due_at for each in await twilio.post.messages(first.ticket_id)] == [AT]
    assert len(twilio.twilio.requests) == 1


async def has_stopped(runtime: Runtime) -> bool:
    return all(loop.stopped for loop in runtime.loops.loops if loop.name == "effects")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (refusal(500, 20500), "other"),
        (refusal(503, 20503), "other"),
        ("drop", "connection_lost"),
        ("hang", "timeout"),
    ],
    ids=["500", "503", "connection lost", "timeout"],
)
async def test_what_may_have_been_taken_is_unknown_and_never_sent_again(
    twilio: TwilioPost, answer: Answer, cause: str
) -> None:
    twilio.twilio.answers.append(answer)
    ticket, _ = await twilio.sent("unknown")

    twilio.post.clock.advance(timedelta(days=1))
    await twilio.sent("accepted")

    [message] = await twilio.post.messages(ticket.ticket_id)
    assert (message.state, message.code, message.attempts) == ("unknown", cause, 1)
    assert len(twilio.twilio.requests) == 2


async def test_a_connection_that_never_came_about_is_tried_again(town: Town) -> None:
    async with beside(town) as unreachable:
        await unreachable.twilio.stop()

        ticket, _ = await unreachable.sent("rejected")

        [message] = await unreachable.post.messages(ticket.ticket_id)
        assert message.code == "not_connected"
        assert message.due_at is not None


async def test_one_slow_answer_holds_up_no_other_message(town: Town) -> None:
    async with beside(town, timeout_s=30) as slow:
        slow.twilio.answers.append("hang")
        held = await slow.post.town.report()
        await slow.post.until(held.ticket_id, "attempted")

        await slow.sent("accepted")

        assert [each.state for each in await slow.post.messages(held.ticket_id)] == ["attempted"]
        slow.twilio.released.set()
        await slow.post.until(held.ticket_id, "unknown")


def receipts(status: str) -> float:
    """How many were counted; from nought on, so that the first is an increase."""
    counted = REGISTRY.get_sample_value("yima_notifications_receipts_total", {"status": status})
    assert counted is not None
    return counted


async def test_no_outcome_of_a_send_begins_to_be_counted_with_its_first(twilio: TwilioPost) -> None:
    assert twilio.post
    counted = [
        REGISTRY.get_sample_value("yima_effects_total", {"service": "notify", "outcome": outcome})
        for outcome in ("Accepted", "Rejected", "Barred", "Unknown")
    ]

    assert None not in counted


async def test_a_receipt_says_that_a_message_was_delivered(twilio: TwilioPost) -> None:
    ticket, message_id = await twilio.sent("accepted")
    before = receipts("delivered")

    sent = await twilio.call_back(message_id, "sent")
    delivered = await twilio.call_back(message_id, "delivered")
    again = await twilio.call_back(message_id, "delivered")

    assert [each.status_code for each in (sent, delivered, again)] == [204, 204, 204]
    [message] = await twilio.post.messages(ticket.ticket_id)
    assert message.state == "delivered"
    assert (await twilio.post.events_of(message_id)).count("DeliveryReported") == 1
    assert receipts("delivered") == before + 1


async def test_a_receipt_says_why_a_message_was_not_delivered(twilio: TwilioPost) -> None:
    ticket, message_id = await twilio.sent("accepted")

    await twilio.call_back(message_id, "undelivered", ErrorCode="30003")

    [message] = await twilio.post.messages(ticket.ticket_id)
    assert (message.state, message.code) == ("undelivered", "30003")


async def test_a_receipt_settles_a_send_whose_answer_was_lost(twilio: TwilioPost) -> None:
    twilio.twilio.answers.append("drop")
    ticket, message_id = await twilio.sent("unknown")

    await twilio.call_back(message_id, "delivered", ErrorCode="")

    [message] = await twilio.post.messages(ticket.ticket_id)
    assert (message.state, message.provider_message_id) == ("delivered", "SM1")


async def test_a_receipt_that_is_not_signed_is_refused_and_changes_nothing(twilio: TwilioPost) -> None:
    ticket, message_id = await twilio.sent("accepted")

    forged = await twilio.call_back(message_id, "delivered", token="another token")
    unsigned = await twilio.post.http.post(
        f"/webhooks/twilio/status?notification={message_id}", data={"MessageStatus": "delivered"}
    )

    assert (forged.status_code, unsigned.status_code) == (403, 403)
    assert forged.json()["type"] == "/problems/signature-not-valid"
    assert REPORTERS_PHONE not in forged.text
    assert [each.state for each in await twilio.post.messages(ticket.ticket_id)] == ["accepted"]


async def test_a_signature_for_one_message_does_not_serve_another(twilio: TwilioPost) -> None:
    _, message_id = await twilio.sent("accepted")
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signature = RequestValidator(TOKEN).compute_signature(
        f"https://yima.test/webhooks/twilio/status?notification={UUID(int=1)}", form
    )

    answer = await twilio.post.http.post(
        f"/webhooks/twilio/status?notification={message_id}", data=form, headers={"X-Twilio-Signature": signature}
    )

    assert answer.status_code == 403


async def test_a_receipt_for_no_message_of_ours_says_so(twilio: TwilioPost) -> None:
    unknown = await twilio.call_back(UUID(int=1), "delivered")
    malformed = await twilio.post.http.post("/webhooks/twilio/status?notification=1", data={})
    large = await twilio.post.http.post(
        f"/webhooks/twilio/status?notification={UUID(int=1)}", data={"MessageStatus": "x" * 20_000}
    )

    assert (unknown.status_code, malformed.status_code, large.status_code) == (404, 422, 413)
    assert unknown.json()["type"] == "/problems/nothing-to-report"


async def test_there_is_no_sandbox_beside_twilio(twilio: TwilioPost) -> None:
    statuses = [(await twilio.post.http.get(address)).status_code for address in ("/sandbox", "/sandbox/messages.json")]

    assert statuses == [404, 404]
