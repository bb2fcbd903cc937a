"""What the sandbox shows, to people and as JSON, and what operators may ask."""

from uuid import uuid4

import pytest

from services.notify.adapters.provider import Accepted, Rejected, Sms
from services.notify.pages import sandbox
from tests.integration.notify.conftest import LEADS_PHONE, OPERATOR_KEY, REPORTERS_PHONE, TOKEN, Post


async def test_the_page_shows_every_message_in_the_readers_language(post: Post) -> None:
    ticket = await post.town.report()
    await post.town.routing.publish(f"case-{ticket.ticket_id}", post.town.assignment(ticket))
    await post.until(ticket.ticket_id, "accepted", "accepted")

    chinese = await post.http.get("/sandbox?lang=zh")
    english = await post.http.get("/sandbox?lang=en")

    assert (chinese.status_code, english.status_code) == (200, 200)
    assert REPORTERS_PHONE in chinese.text
    assert LEADS_PHONE in chinese.text
    assert f"https://yima.test/t/{TOKEN}" in chinese.text
    assert "短信沙箱" in chinese.text
    assert "SMS sandbox" in english.text


@pytest.mark.parametrize(
    ("error", "status", "told", "kind"),
    [
        (LookupError, 500, "Something went wrong on our side", "/problems/unexpected"),
        (ConnectionRefusedError, 503, "The service is coming back", "/problems/unavailable"),
    ],
)
async def test_where_we_are_at_fault_a_person_is_shown_a_page(
    post: Post, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int, told: str, kind: str
) -> None:
    async def broken(*_: object, **__: object) -> int:
        raise error

    monkeypatch.setattr(sandbox, "sandbox_message_count", broken)

    page = await post.http.get("/sandbox?lang=en", headers={"accept": "text/html"})
    for_machines = await post.http.get("/sandbox/messages.json")

    assert (page.status_code, for_machines.status_code) == (status, status)
    assert told in page.text
    assert for_machines.json()["type"] == kind


async def test_json_is_paged_and_counts_all(post: Post) -> None:
    for ticket in [await post.town.report() for _ in range(3)]:
        await post.until(ticket.ticket_id, "accepted")

    first = (await post.http.get("/sandbox/messages.json?limit=2")).json()
    second = (await post.http.get(f"/sandbox/messages.json?limit=2&before={first['next_before']}")).json()

    positions = [each["position"] for each in [*first["messages"], *second["messages"]]]
    assert first["total"] == second["total"] >= 3
    assert positions == sorted(positions, reverse=True)
    assert len(set(positions)) == len(positions) >= 3


async def test_a_page_beyond_the_last_is_empty_and_a_page_that_is_none_is_refused(post: Post) -> None:
    beyond = await post.http.get("/sandbox?page=1000000")
    none = [await post.http.get(f"/sandbox?page={page}") for page in ("0", "-1", "x", "9" * 30)]

    assert beyond.status_code == 200
    assert [each.status_code for each in none] == [422, 422, 422, 422]


async def test_who_was_forgotten_is_no_longer_shown(post: Post) -> None:
    ticket = await post.town.report()
    await post.until(ticket.ticket_id, "accepted")
    async with post.notify.runtime.pool.acquire() as connection:
        await post.notify.keyring.erase(connection, ticket.reporter)

    [sent] = await post.sent(ticket.ticket_id)
    page = await post.http.get("/sandbox?lang=zh")

    assert (sent["recipient"], sent["text"]) == (None, None)
    assert "（已按要求删除）" in page.text


async def test_what_is_handed_over_twice_stands_there_twice(post: Post) -> None:
    ticket = await post.town.report()
    [message] = await post.until(ticket.ticket_id, "accepted")
    assert ticket.contact.phone is not None

    again = await post.notify.provider.send(Sms(message.id, ticket.contact.phone, REPORTERS_PHONE, "又一次"))

    assert isinstance(again, Accepted)
    assert next(each["text"] for each in await post.sent(ticket.ticket_id)) == "又一次"
    assert len(await post.sent(ticket.ticket_id)) == 2


async def test_the_sandbox_keeps_nothing_of_whom_it_has_no_key(post: Post) -> None:
    stranger = post.town.sealed(f"r-{uuid4().hex}", REPORTERS_PHONE)

    outcome = await post.notify.provider.send(Sms(uuid4(), stranger, REPORTERS_PHONE, "给谁的？"))

    assert outcome == Rejected("forgotten", retryable=False)


async def test_an_operator_sees_how_far_a_tickets_messages_have_come_and_nothing_of_what_they_say(post: Post) -> None:
    ticket = await post.town.report()
    await post.until(ticket.ticket_id, "accepted")

    answer = await post.http.get(
        f"/api/v1/notifications?ticket={ticket.ticket_id}", headers={"Authorization": f"Bearer {OPERATOR_KEY}"}
    )

    [shown] = answer.json()["notifications"]
    assert (shown["template"], shown["state"], shown["attempts"]) == ("ticket_received", "accepted", 1)
    assert REPORTERS_PHONE not in answer.text
    assert TOKEN not in answer.text


async def test_nobody_else_is_told_of_messages(post: Post) -> None:
    address = f"/api/v1/notifications?ticket={uuid4()}"
    refused = [
        await post.http.get(address, headers={"Authorization": authorization} if authorization else {})
        for authorization in ("", "Bearer ", "Bearer another", OPERATOR_KEY)
    ]
    malformed = await post.http.get("/api/v1/notifications?ticket=1")

    assert [each.status_code for each in refused] == [401, 401, 401, 401]
    assert refused[0].json()["type"] == "/problems/operator-key"
    assert malformed.status_code == 422


async def test_there_is_no_twilio_address_beside_the_sandbox(post: Post) -> None:
    answer = await post.http.post(f"/webhooks/twilio/status?notification={uuid4()}", data={"MessageStatus": "sent"})

    assert answer.status_code == 404
