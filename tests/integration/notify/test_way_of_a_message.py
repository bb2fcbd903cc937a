"""A message's way from another service's event to the provider, over real parts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from prometheus_client import REGISTRY

from services.notify.domain.commands import Queue
from services.notify.domain.message import SendState, decide
from services.notify.handlers import FOLD, Sender, Waiting, stream_of
from services.notify.queries import MessageStatus, notification_counts
from shared.contracts.directory import DutyDefined, Shift
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Contact, TicketImported
from shared.contracts.notify import Audience
from shared.contracts.routing import CaseAccepted, CaseClosed, CaseEscalated, CaseReopened, CaseReturned, Clock
from shared.directory.following import read_directory
from shared.kernel.event_store import Cause
from shared.kernel.work import Work, transact
from shared.testing.waiting import eventually
from tests.integration.notify.conftest import LEADS_PHONE, REPORTERS_PHONE, TOKEN, Post, Town, a_config, opened_post
from tests.unit.notify.samples import AT

# The property company's one minute a day begins, in Shanghai.
MIDNIGHT = datetime(2026, 4, 28, 16, 0, tzinfo=UTC)


async def test_a_reporter_is_told_that_the_report_came(post: Post) -> None:
    ticket = await post.town.report()

    [message] = await post.until(ticket.ticket_id, "accepted")
    assert (message.audience, message.template, message.attempts) == ("reporter", "ticket_received", 1)
    [sent] = await post.sent(ticket.ticket_id)
    assert sent["recipient"] == REPORTERS_PHONE
    assert sent["text"] == f"【一号一码】您反映的问题已收到，编号 204 815 736。查看进展：https://yima.test/t/{TOKEN}"
    assert await post.events_of(message.id) == ["NotificationQueued", "SendAttempted", "SendAccepted"]


async def test_keys_are_of_no_moment_and_make_no_news_look_late(post: Post) -> None:
    def years() -> float:
        seconds = REGISTRY.get_sample_value("yima_event_age_seconds_sum", {"consumer": "notify"})
        return (seconds or 0.0) / (365 * 86_400)

    before = years()

    ticket = await post.town.report()
    await post.until(ticket.ticket_id, "accepted")

    # A key is dated 1970.
    assert years() - before < 1


async def test_who_is_on_duty_is_told_of_the_case(post: Post) -> None:
    ticket = post.town.ticket()

    await post.town.routing.publish(f"case-{ticket.ticket_id}", post.town.assignment(ticket))

    await post.until(ticket.ticket_id, "accepted")
    [sent] = await post.sent(ticket.ticket_id)
    assert sent["recipient"] == LEADS_PHONE
    assert sent["text"] == (
        "【一号一码】新办件 204 815 736，东门，请在 4月28日 21:20 前接单："
        f"https://yima.test/desk/cases/{ticket.ticket_id}"
    )


async def test_the_handler_reads_why_a_case_is_reopened(post: Post) -> None:
    ticket = await post.town.report()
    words = post.town.sealed(ticket.reporter, "车还停着")
    matter = post.town.matter(ticket)

    await post.town.routing.publish(
        f"case-{ticket.ticket_id}",
        CaseReopened(at=AT, case_id=ticket.ticket_id, unit="committee", words=words, matter=matter),
    )

    await post.until(ticket.ticket_id, "accepted", "accepted")
    [text] = [each["text"] for each in await post.sent(ticket.ticket_id) if each["template"] == "case_reopened"]
    assert "反映人说没有修好：车还停着。" in text


async def test_the_next_level_is_told_of_an_escalation_and_the_reporter_of_the_closing(post: Post) -> None:
    ticket = await post.town.report()
    matter = post.town.matter(ticket)
    escalated = CaseEscalated(
        at=AT,
        case_id=ticket.ticket_id,
        clock=Clock.ACCEPT,
        level=1,
        from_unit="property",
        to_unit="committee",
        matter=matter,
    )
    closed = CaseClosed(at=AT, case_id=ticket.ticket_id, unit="committee", matter=matter)

    await post.town.routing.publish(f"case-{ticket.ticket_id}", escalated, closed)

    await post.until(ticket.ticket_id, "accepted", "accepted", "accepted")
    sent = {each["template"]: each["recipient"] for each in await post.sent(ticket.ticket_id)}
    assert sent == {
        "ticket_received": REPORTERS_PHONE,
        "case_escalated": LEADS_PHONE,
        "case_closed": REPORTERS_PHONE,
    }


async def test_an_anonymous_reporter_is_never_written_to(post: Post) -> None:
    ticket = await post.town.report(phone=None)

    [message] = await post.until(ticket.ticket_id, "suppressed")
    assert message.reason == "no_phone"
    assert await post.sent(ticket.ticket_id) == []


async def test_what_nobody_answers_for_now_waits_and_goes_to_whoever_is_on_duty_then(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.settled()
        ticket = town.ticket()
        await town.routing.publish(f"case-{ticket.ticket_id}", town.assignment(ticket, unit="property"))
        [waiting] = await post.until(ticket.ticket_id, "postponed")

        post.clock.advance(MIDNIGHT - AT)

        [message] = await post.until(ticket.ticket_id, "accepted")
        [sent] = await post.sent(ticket.ticket_id)
        events = await post.events_of(message.id)
    assert waiting.due_at == AT + timedelta(minutes=1)
    assert sent["recipient"] == LEADS_PHONE
    assert events == ["NotificationPostponed", "NotificationQueued", "SendAttempted", "SendAccepted"]


async def test_a_change_of_the_rota_ends_the_waiting(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.settled()
        await town.say(DutyDefined(at=AT, id="property", edition=2, shifts=()))
        await eventually(lambda: rota_has_no_shift(post))
        post.clock.advance(timedelta(seconds=3))
        ticket = town.ticket()
        await town.routing.publish(f"case-{ticket.ticket_id}", town.assignment(ticket, unit="property"))
        [waiting] = await post.until(ticket.ticket_id, "postponed")

        await town.say(DutyDefined(at=AT, id="property", edition=3, shifts=(Shift(person="lead"),)))
        await eventually(lambda: looked_at_before(post, waiting))
        post.clock.advance(timedelta(seconds=3))

        await post.until(ticket.ticket_id, "accepted")
        [sent] = await post.sent(ticket.ticket_id)
    assert sent["recipient"] == LEADS_PHONE


async def test_what_still_nobody_answers_for_is_looked_at_each_minute_and_told_once(town: Town) -> None:
    """A rota that changed in the very moment in which a message was postponed is so missed for a minute at most."""
    async with opened_post(town, a_config()) as post:
        await post.settled()
        ticket = town.ticket()
        await town.routing.publish(f"case-{ticket.ticket_id}", town.assignment(ticket, unit="property"))
        [waiting] = await post.until(ticket.ticket_id, "postponed")

        post.clock.advance(timedelta(minutes=1))
        await eventually(lambda: looked_at_after(post, waiting))

        events = await post.events_of(waiting.id)
    assert events == ["NotificationPostponed"]


async def test_who_comes_on_duty_later_is_not_told_of_a_case_that_has_gone_on(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.settled()
        ticket = town.ticket()
        stream = f"case-{ticket.ticket_id}"
        await town.routing.publish(stream, town.assignment(ticket, unit="property"))
        [waiting] = await post.until(ticket.ticket_id, "postponed")

        accepted = CaseAccepted(at=AT, case_id=ticket.ticket_id, unit="property", by="lead")
        await town.routing.publish(stream, accepted)
        [message] = await post.until(ticket.ticket_id, "suppressed")
        post.clock.advance(MIDNIGHT - AT)
        events = await post.events_of(waiting.id)
    assert message.reason == "superseded"
    assert events == ["NotificationPostponed", "NotificationSuppressed"]


async def test_the_unit_above_is_told_why_a_case_is_returned(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.settled()
        ticket = await town.report()
        returned = CaseReturned(
            at=AT,
            case_id=ticket.ticket_id,
            unit="property",
            by="lead",
            reason=town.sealed(ticket.reporter, "不归物业管"),
            to_unit="committee",
            matter=town.matter(ticket),
        )
        await town.routing.publish(f"case-{ticket.ticket_id}", town.assignment(ticket, unit="property"), returned)

        await post.until(ticket.ticket_id, "accepted", "accepted", "suppressed")
        [sent] = [each for each in await post.sent(ticket.ticket_id) if each["template"] == "case_returned"]
    assert sent["recipient"] == LEADS_PHONE
    assert "被退回" in sent["text"]
    assert "不归物业管" in sent["text"]


async def rota_has_no_shift(post: Post) -> bool:
    # Of the table itself: a snapshot that was taken while the change was not yet committed stays until the clock moves.
    directory = await read_directory(post.notify.runtime.pool)
    return directory.duties["property"].shifts == ()


async def looked_at_before(post: Post, waiting: MessageStatus) -> bool:
    return await next_look_at(post, waiting) < next_look_of(waiting)


async def looked_at_after(post: Post, waiting: MessageStatus) -> bool:
    return await next_look_at(post, waiting) > next_look_of(waiting)


async def next_look_at(post: Post, waiting: MessageStatus) -> datetime:
    [message] = await post.messages(waiting.ticket_id)
    return next_look_of(message)


def next_look_of(message: MessageStatus) -> datetime:
    assert message.due_at is not None
    return message.due_at


async def test_history_is_accounted_for_and_sends_nothing(post: Post) -> None:
    ticket = post.town.ticket()
    imported = TicketImported(
        at=AT,
        ticket_id=ticket.ticket_id,
        number=ticket.number,
        place=ticket.place,
        text=ticket.text,
        reporter=ticket.reporter,
        contact=Contact(phone=ticket.contact.phone),
        tracking_token=ticket.tracking_token,
        source="pilot",
        source_id="1",
    )
    assigned = post.town.assignment(ticket, unit="a unit of the past").model_copy(update={"history": True})
    closed = CaseClosed(
        at=AT, case_id=ticket.ticket_id, unit="a unit of the past", matter=post.town.matter(ticket), history=True
    )

    await post.town.intake.publish(f"ticket-{ticket.ticket_id}", imported)
    await post.town.routing.publish(f"case-{ticket.ticket_id}", assigned, closed)

    messages = await post.until(ticket.ticket_id, "suppressed", "suppressed", "suppressed")
    assert {(each.template, each.reason) for each in messages} == {
        ("ticket_received", "history"),
        ("case_assigned", "history"),
        ("case_closed", "history"),
    }
    counts = await notification_counts(post.notify.runtime.pool)
    assert counts[SendState.SUPPRESSED, "history"] == 3


async def test_an_event_that_comes_again_makes_no_message_anew(post: Post) -> None:
    ticket = await post.town.report()
    await post.until(ticket.ticket_id, "accepted")

    publisher = post.town.intake.runtime
    await publisher.pool.execute("INSERT INTO outbox (position) SELECT position FROM events ON CONFLICT DO NOTHING")
    later = await post.town.report()

    await post.until(later.ticket_id, "accepted")
    assert len(await post.messages(ticket.ticket_id)) == 1
    assert len(await post.sent(ticket.ticket_id)) == 1


async def test_a_case_of_a_unit_that_the_directory_does_not_know_yet_waits_for_it(post: Post) -> None:
    ticket = post.town.ticket()
    await post.town.routing.publish(f"case-{ticket.ticket_id}", post.town.assignment(ticket, unit="police"))
    waiting = "SELECT count(*) = 1 FROM parked WHERE reason = 'waiting'"

    async def waits() -> bool:
        return bool(await post.notify.runtime.pool.fetchval(waiting))

    await eventually(waits)
    await post.town.say(DutyDefined(at=AT, id="police", edition=2, shifts=(Shift(person="lead"),)))
    post.clock.advance(timedelta(seconds=2))

    await post.until(ticket.ticket_id, "accepted")


async def test_a_message_whose_key_has_not_come_waits_and_holds_up_no_other(post: Post) -> None:
    early = post.town.ticket()
    await post.town.intake.publish(f"ticket-{early.ticket_id}", early)
    other = await post.town.report()
    await post.until(other.ticket_id, "accepted")
    assert [each.state for each in await post.messages(early.ticket_id)] == ["queued"]

    await post.town.publish_key(early.reporter)

    await post.until(early.ticket_id, "accepted")


async def test_a_reporter_who_was_forgotten_is_not_written_to(post: Post) -> None:
    ticket = post.town.ticket()
    await post.town.erase(ticket.reporter)

    await post.town.intake.publish(f"ticket-{ticket.ticket_id}", ticket)

    [message] = await post.until(ticket.ticket_id, "suppressed")
    assert message.reason == "forgotten"
    assert await post.events_of(message.id) == ["NotificationQueued", "NotificationSuppressed"]


async def test_a_handler_is_still_told_when_the_words_were_forgotten(post: Post) -> None:
    ticket = post.town.ticket()
    reopened = CaseReopened(
        at=AT,
        case_id=ticket.ticket_id,
        unit="committee",
        words=post.town.sealed(ticket.reporter, "车还停着"),
        matter=post.town.matter(ticket),
    )
    await post.town.erase(ticket.reporter)

    await post.town.routing.publish(f"case-{ticket.ticket_id}", reopened)

    await post.until(ticket.ticket_id, "accepted")
    [sent] = await post.sent(ticket.ticket_id)
    assert "（已按要求删除）" in sent["text"]


async def test_a_broken_seal_stops_its_own_message_only(post: Post) -> None:
    ticket = post.town.ticket()
    broken = Sealed(person=ticket.reporter, key_version=1, box="A" * 60)
    await post.town.publish_key(ticket.reporter)
    altered = ticket.model_copy(update={"contact": Contact(phone=broken)})

    await post.town.intake.publish(f"ticket-{ticket.ticket_id}", altered)
    well = await post.town.report()

    await post.until(well.ticket_id, "accepted")
    [message] = await post.until(ticket.ticket_id, "rejected")
    assert (message.code, message.due_at) == ("unreadable", None)


async def test_an_attempt_whose_holder_died_is_unknown_and_never_repeated(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.notify.runtime.loops.stop()
        message_id = await queue_by_hand(post)
        sender = Sender(post.notify)
        store, now = post.notify.runtime.store, post.clock.now
        claimed = await transact(store, now, lambda work: sender.claim(work, 10))

        early = await transact(store, now, sender.abandon)
        post.clock.advance(timedelta(seconds=61))
        late = await transact(store, now, sender.abandon)
        again = await transact(store, now, lambda work: sender.claim(work, 10))

        assert ([each.notification_id for each in claimed], early, late, again) == ([message_id], 0, 1, [])
        assert await post.events_of(message_id) == ["NotificationQueued", "SendAttempted", "SendUnknown"]


async def test_how_long_the_longest_waits_is_told_while_no_sender_works(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.notify.runtime.loops.stop()
        await queue_by_hand(post)
        post.clock.advance(timedelta(minutes=7))

        await Waiting(post.notify).look()

        assert REGISTRY.get_sample_value("yima_notifications_oldest_wait_seconds") == 7 * 60


async def test_two_senders_at_once_never_take_the_same_message(town: Town) -> None:
    async with opened_post(town, a_config()) as post:
        await post.notify.runtime.loops.stop()
        message_id = await queue_by_hand(post)
        store, sender = post.notify.runtime.store, Sender(post.notify)

        async with store.pool.acquire() as connection, connection.transaction():
            held = await connection.fetch("SELECT id FROM notifications FOR UPDATE")
            meanwhile = await transact(store, post.clock.now, lambda work: sender.claim(work, 10))
        afterwards = await transact(store, post.clock.now, lambda work: sender.claim(work, 10))

        assert [row["id"] for row in held] == [message_id]
        assert (meanwhile, [each.notification_id for each in afterwards]) == ([], [message_id])


async def test_nothing_personal_stands_open_in_any_table_or_topic(post: Post) -> None:
    ticket = await post.town.report()
    await post.town.routing.publish(f"case-{ticket.ticket_id}", post.town.assignment(ticket))
    await post.until(ticket.ticket_id, "accepted", "accepted")

    pool = post.notify.runtime.pool
    tables = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'notify'")
    rows = [
        row["text"]
        for table in tables
        if table["tablename"] != "migrations"
        for row in await pool.fetch(f'SELECT t::text AS text FROM "{table["tablename"]}" AS t')  # noqa: S608 - names from the catalogue.
    ]

    found = [secret for secret in (REPORTERS_PHONE, LEADS_PHONE, TOKEN, "消防通道") if any(secret in r for r in rows)]
    assert len(rows) > 10
    assert found == []


async def queue_by_hand(post: Post) -> UUID:
    """A message that waits, while no loop runs."""
    ticket, message_id = post.town.ticket(), uuid4()
    assert ticket.contact.phone is not None
    params: dict[str, Sealed | str] = {"number": ticket.number, "tracking_token": ticket.tracking_token}
    queue = Queue(
        AT, message_id, ticket.ticket_id, Audience.REPORTER, "ticket_received", "zh", ticket.contact.phone, params
    )

    async def act(work: Work) -> None:
        await post.notify.keyring.record(work.connection, [post.town.keys[ticket.reporter].record])
        loaded = await work.load(stream_of(message_id), FOLD)
        work.append(loaded, decide(loaded.state, queue), fold=FOLD, cause=Cause(uuid4(), "test", "c-1"))

    await transact(post.notify.runtime.store, post.clock.now, act)
    return message_id
