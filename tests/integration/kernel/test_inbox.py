"""Records that nobody foresaw: each holds up its own stream at most."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel.kafka import new_producer
from shared.kernel.parking import NotFirstParkedError, drop, parked_streams, request_retry
from shared.kernel.reactions import Received
from shared.kernel.runtime import Runtime
from shared.kernel.work import Work
from shared.testing.ledger import TOPIC, Listener, Said, reactions
from shared.testing.waiting import eventually
from tests.integration.kernel.conftest import Pair

GOOD = {
    "ce_specversion": "1.0",
    "ce_type": "yima.test.Said",
    "ce_source": "/alpha",
    "ce_time": "2026-04-28T13:05:00+00:00",
    "ce_streamversion": "1",
    "ce_previousversion": "0",
    "ce_schemaversion": "1",
}


async def agreed(pair: Pair) -> dict[str, object]:
    await eventually(lambda: pair.ledger.agrees_with(pair.follower))
    return dict(await pair.ledger.difference(pair.follower))


async def put(pair: Pair, headers: dict[str, str | None], value: bytes | None = b'{"said": 1}') -> None:
    """What a stranger might write to our topic."""
    broker = pair.publisher.ground.broker
    given = {"ce_id": str(uuid4()), "ce_subject": f"said-{uuid4()}", **GOOD, **headers}
    encoded = [(name, text if text is None else text.encode()) for name, text in given.items()]
    producer = new_producer(broker, "stranger")
    await producer.start()
    try:
        await producer.send_and_wait(broker.named(TOPIC.name), value, key=b"k", headers=encoded)
    finally:
        await producer.stop()


async def reasons(runtime: Runtime) -> Sequence[str]:
    return [row["reason"] for row in await runtime.pool.fetch("SELECT reason FROM parked ORDER BY stream, version")]


async def one_is_parked(runtime: Runtime) -> bool:
    return await reasons(runtime) == ["poison"]


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ({"ce_streamversion": "99999999999999"}, b'{"said": 1}'),
        ({"ce_streamversion": "-1"}, b'{"said": 1}'),
        ({"ce_streamversion": "one"}, b'{"said": 1}'),
        ({"ce_schemaversion": "99999999999"}, b'{"said": 1}'),
        ({"ce_subject": "said-" + "x" * 5000}, b'{"said": 1}'),
        ({"ce_subject": "said-\0"}, b'{"said": 1}'),
        ({"ce_actor": "no\0body"}, b'{"said": 1}'),
        ({"ce_time": "2026-04-28T13:05:00"}, b'{"said": 1}'),
        ({"ce_id": "seven"}, b'{"said": 1}'),
        ({"ce_source": None}, b'{"said": 1}'),
        ({}, b"\xff\xfe no JSON"),
        ({}, b'{"said": 99999999999999999999}'),
        ({}, b'{"said": "a word"}'),
        ({}, None),
    ],
    ids=[
        "version beyond an integer",
        "version below nothing",
        "version that is no number",
        "schema version beyond an integer",
        "stream of 5,000 letters",
        "NUL in the stream",
        "NUL in a header",
        "time without a zone",
        "id that is none",
        "source without a value",
        "data that is no text",
        "number that PostgreSQL can not take",
        "word for a number",
        "no data",
    ],
)
async def test_record_that_can_not_take_effect_is_parked_and_holds_up_nothing(
    pair: Pair, headers: dict[str, str | None], value: bytes | None
) -> None:
    await put(pair, headers, value)
    streams = [pair.ledger.new_stream() for _ in range(12)]
    for stream in streams:
        await pair.ledger.say(pair.publisher, stream)

    assert await agreed(pair) == {}
    await eventually(lambda: one_is_parked(pair.follower))


async def test_unreadable_record_stays_parked_when_it_is_retried(pair: Pair) -> None:
    await put(pair, {"ce_id": "seven"})
    await eventually(lambda: one_is_parked(pair.follower))
    async with pair.follower.pool.acquire() as connection:
        [shown] = await parked_streams(connection)
        await request_retry(connection, shown.stream)

    async def tried() -> bool:
        return not await pair.follower.pool.fetchval("SELECT bool_or(retry_requested) FROM parked")

    await eventually(tried)
    assert await reasons(pair.follower) == ["poison"]


@pytest.mark.parametrize(
    "error",
    [OSError("no such file"), TimeoutError(), asyncpg.InterfaceError("wrong"), asyncpg.DataError("out of range")],
    ids=lambda error: type(error).__name__,
)
async def test_handler_s_own_failure_is_not_taken_for_the_platform_s(pair: Pair, error: Exception) -> None:
    sick, well = pair.ledger.new_stream(), pair.ledger.new_stream()
    usual = reactions.by_type[Said.type_name()]

    async def fails(listener: Listener, work: Work, received: Received[Said]) -> None:
        if received.incoming.stream == sick:
            raise error
        await usual(listener, work, received)

    assert pair.follower.consumer is not None
    pair.follower.consumer.inbox.reactions = replace(reactions, by_type={Said.type_name(): fails})
    await pair.ledger.say(pair.publisher, sick)
    await pair.ledger.say(pair.publisher, well, 3)

    await eventually(lambda: one_is_parked(pair.follower))
    pair.follower.consumer.inbox.reactions = reactions
    async with pair.follower.pool.acquire() as connection:
        await request_retry(connection, sick)

    assert await agreed(pair) == {}


async def test_only_the_first_parked_record_of_a_stream_can_be_dropped(pair: Pair) -> None:
    stream = pair.ledger.new_stream()
    pair.listener.poison.add(0)
    await pair.ledger.say(pair.publisher, stream, 3)

    async def all_parked() -> bool:
        return await reasons(pair.follower) == ["poison", "behind", "behind"]

    await eventually(all_parked)
    async with pair.follower.pool.acquire() as connection:
        with pytest.raises(NotFirstParkedError):
            await drop(connection, stream, version=2, because="wrong number", by="operator")


@pytest.mark.long
async def test_more_streams_than_a_page_wait_and_all_are_released(pair: Pair) -> None:
    assert pair.follower.consumer is not None
    streams = [pair.ledger.new_stream() for _ in range(700)]
    pair.listener.not_yet.update(dict.fromkeys(range(600), "person-1"))
    for stream in streams:
        await pair.ledger.say(pair.publisher, stream)

    async def six_hundred_wait() -> bool:
        return len(await reasons(pair.follower)) == 600

    await eventually(six_hundred_wait, timeout_s=60)
    for number in range(500, 600):
        del pair.listener.not_yet[number]

    async def the_last_hundred_went_on() -> bool:
        return len(await reasons(pair.follower)) == 500

    await eventually(the_last_hundred_went_on, timeout_s=60)
    pair.listener.not_yet.clear()
    assert await agreed(pair) == {}
