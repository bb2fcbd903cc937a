"""A consumer that came later is filled from the log, or was declared to need no history."""

from collections.abc import Sequence
from dataclasses import replace

from shared.kernel.filling import fill, filling_topic
from shared.kernel.kafka import ensure_topics
from shared.kernel.reactions import Reactions
from shared.kernel.republish import RepublishProgress, sent
from shared.kernel.runtime import Runtime
from shared.testing.ledger import TOPIC, Listener, open_follower, reactions, running
from shared.testing.topics import forget_records
from shared.testing.waiting import eventually
from tests.integration.kernel.conftest import Pair

STARTS_LATER: Reactions[Listener] = replace(reactions, starts_later=True)


async def said_and_forgotten(pair: Pair, streams: Sequence[str]) -> None:
    """Three numbers in each stream, which the topic no longer has; then one more, which it has."""
    for stream in streams:
        await pair.ledger.say(pair.publisher, stream, 3)
    async with pair.publisher.pool.acquire() as connection:
        await sent(connection)
    await forget_records(pair.publisher.ground.broker, [TOPIC])
    for stream in streams:
        await pair.ledger.say(pair.publisher, stream)


async def fill_gamma(pair: Pair, *, chunk: int = 2) -> tuple[int, list[RepublishProgress]]:
    told: list[RepublishProgress] = []
    broker = pair.publisher.ground.broker
    await ensure_topics(broker, [filling_topic("gamma")])
    async with pair.publisher.pool.acquire() as connection:
        return await fill(connection, "/alpha", broker, "gamma", told.append, chunk=chunk), told


async def parked_count(runtime: Runtime) -> int:
    return int(await runtime.pool.fetchval("SELECT count(*) FROM parked"))


async def test_new_consumer_is_filled_with_what_its_topics_forgot(pair: Pair, pair_dsn: str) -> None:
    await said_and_forgotten(pair, [pair.ledger.new_stream() for _ in range(5)])

    count, told = await fill_gamma(pair)
    late = await open_follower(pair_dsn, pair.publisher.ground.broker, name="gamma")
    async with running(late):
        await eventually(lambda: pair.ledger.agrees_with(late))

        assert await pair.ledger.difference(late) == {}
        assert await parked_count(late) == 0
        assert (count, told[-1]) == (20, RepublishProgress(20, 20))


async def test_filled_twice_and_while_events_come_nothing_is_doubled(pair: Pair, pair_dsn: str) -> None:
    streams = [pair.ledger.new_stream() for _ in range(5)]
    await said_and_forgotten(pair, streams)
    await fill_gamma(pair)
    late = await open_follower(pair_dsn, pair.publisher.ground.broker, name="gamma")
    async with running(late):
        await eventually(lambda: pair.ledger.agrees_with(late))

        await fill_gamma(pair)
        for stream in streams:
            await pair.ledger.say(pair.publisher, stream)
        await eventually(lambda: pair.ledger.agrees_with(late))

        assert await pair.ledger.difference(late) == {}
        assert await parked_count(late) == 0


async def test_consumer_that_is_not_ready_says_so_until_it_is_filled(pair: Pair, pair_dsn: str) -> None:
    await said_and_forgotten(pair, [pair.ledger.new_stream()])
    await fill_gamma(pair)
    listener = Listener(not_yet={0: "what is not there"})
    late = await open_follower(pair_dsn, pair.publisher.ground.broker, listener, name="gamma")

    assert "consumer" in await late.troubles()
    async with running(late):
        consumer = late.consumer
        assert consumer

        async def is_filled() -> bool:
            return consumer.caught_up and not consumer.filling

        await eventually(is_filled)


async def test_consumer_declared_to_start_later_begins_where_it_meets_a_stream(pair: Pair, pair_dsn: str) -> None:
    stream = pair.ledger.new_stream()
    await said_and_forgotten(pair, [stream])

    late = await open_follower(pair_dsn, pair.publisher.ground.broker, reads=STARTS_LATER, name="gamma")
    async with running(late):

        async def has_met(count: int) -> bool:
            return int(await late.pool.fetchval("SELECT count(*) FROM effects")) == count

        await eventually(lambda: has_met(1))
        await pair.ledger.say(pair.publisher, stream)
        await eventually(lambda: has_met(2))

        rows = await late.pool.fetch("SELECT version FROM effects ORDER BY n")
        assert [row["version"] for row in rows] == [4, 5]


async def test_consumer_not_declared_to_start_later_sets_the_stream_aside(pair: Pair, pair_dsn: str) -> None:
    await said_and_forgotten(pair, [pair.ledger.new_stream()])

    late = await open_follower(pair_dsn, pair.publisher.ground.broker, name="gamma")
    async with running(late):

        async def is_parked() -> bool:
            return await parked_count(late) == 1

        await eventually(is_parked)
