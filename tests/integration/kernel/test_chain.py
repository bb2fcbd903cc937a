"""From one service's log to another's tables: none lost, none doubled, in order within a stream."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from shared.kernel.database import Connection
from shared.kernel.event_store import SQL, NewEvents
from shared.kernel.kafka import new_producer
from shared.kernel.parking import NothingParkedError, drop, parked_records, parked_streams, request_retry
from shared.kernel.reactions import Reactions, Received
from shared.kernel.runtime import Runtime
from shared.kernel.work import Work
from shared.testing.ledger import TOPIC, Listener, Said, cause, knows, on_said, open_follower, open_publisher, running
from shared.testing.waiting import eventually
from tests.integration.kernel.conftest import Pair

WHO_WAITS = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
KILL_WHO_WAITS = f"SELECT pg_terminate_backend(pid) {WHO_WAITS}"


@pytest_asyncio.fixture(loop_scope="session")
async def admin(pair_dsn: str) -> AsyncIterator[Connection]:
    """A connection that may lock, look and kill."""
    connection = await asyncpg.connect(pair_dsn)
    yield connection
    await connection.close()


async def agreed(pair: Pair) -> dict[str, object]:
    await eventually(lambda: pair.ledger.agrees_with(pair.follower))
    return dict(await pair.ledger.difference(pair.follower))


async def parked_reasons(runtime: Runtime) -> list[str]:
    rows = await runtime.pool.fetch("SELECT reason FROM parked ORDER BY stream, version")
    return [row["reason"] for row in rows]


async def test_what_was_said_takes_effect_once_and_in_order(pair: Pair) -> None:
    streams = [pair.ledger.new_stream() for _ in range(20)]

    for stream in streams * 3:
        await pair.ledger.say(pair.publisher, stream, 2)

    assert await agreed(pair) == {}


async def test_a_slow_transaction_that_commits_after_faster_ones_is_not_lost(pair: Pair) -> None:
    slow, fast = pair.ledger.new_stream(), pair.ledger.new_stream()
    async with pair.publisher.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        work = Work(connection, pair.publisher.store, pair.publisher.ground.clock.now())
        work._new.append(NewEvents(slow, 0, [Said(1000)], cause()))
        await work.flush()
        for _ in range(5):
            await pair.ledger.say(pair.publisher, fast)
        await eventually(lambda: pair.ledger.agrees_with(pair.follower))
        await transaction.commit()
    pair.ledger.said[slow].append(1000)

    assert await agreed(pair) == {}


async def test_a_relay_killed_between_send_and_delete_doubles_nothing(pair: Pair, admin: Connection) -> None:
    stream = pair.ledger.new_stream()
    await pair.ledger.say(pair.publisher, stream)
    await eventually(lambda: pair.ledger.agrees_with(pair.follower))
    async with admin.transaction():
        await admin.execute("LOCK TABLE alpha.acknowledged IN ACCESS EXCLUSIVE MODE")
        await pair.ledger.say(pair.publisher, stream, 3)
        await eventually(lambda: pair.ledger.agrees_with(pair.follower))
        assert await admin.fetchval("SELECT count(*) FROM alpha.outbox") == 3
        await admin.execute(KILL_WHO_WAITS)

    await pair.ledger.say(pair.publisher, stream)

    assert await agreed(pair) == {}
    await eventually(lambda: outbox_is_empty(pair.publisher))


async def outbox_is_empty(runtime: Runtime) -> bool:
    return not await runtime.pool.fetchval("SELECT count(*) FROM outbox")


async def test_of_two_relays_one_leads_and_the_other_takes_over(pair: Pair) -> None:
    second = await open_publisher(pair.publisher.ground.database_url, pair.publisher.ground.broker)
    async with running(second):
        stream = pair.ledger.new_stream()
        await pair.ledger.say(pair.publisher, stream, 2)
        await pair.ledger.say(second, stream, 2)
        assert await agreed(pair) == {}
        assert second.relay is not None
        assert pair.publisher.relay is not None
        assert [pair.publisher.relay.leading, second.relay.leading].count(True) == 1

        await pair.publisher.loops.stop()
        await pair.ledger.say(second, stream, 2)

        assert await agreed(pair) == {}
        assert second.relay.leading


async def test_a_consumer_killed_before_its_commit_takes_the_batch_again(pair: Pair, admin: Connection) -> None:
    stream = pair.ledger.new_stream()
    async with admin.transaction():
        await admin.execute("LOCK TABLE beta.seen IN ACCESS EXCLUSIVE MODE")
        await pair.ledger.say(pair.publisher, stream, 3)
        await eventually(lambda: somebody_waits(admin))
        await admin.execute(KILL_WHO_WAITS)

    assert await agreed(pair) == {}


async def somebody_waits(admin: Connection) -> bool:
    return bool(await admin.fetchval(f"SELECT count(*) {WHO_WAITS}"))


async def test_a_consumer_killed_after_its_commit_takes_nothing_twice(pair: Pair) -> None:
    stream = pair.ledger.new_stream()
    await pair.ledger.say(pair.publisher, stream, 3)
    await eventually(lambda: pair.ledger.agrees_with(pair.follower))

    await pair.follower.loops.stop()
    pair.follower.loops.start()
    await pair.ledger.say(pair.publisher, stream, 3)

    assert await agreed(pair) == {}


async def test_partitions_move_between_consumers_without_loss(pair: Pair) -> None:
    streams = [pair.ledger.new_stream() for _ in range(30)]
    second = await open_follower(pair.follower.ground.database_url, pair.follower.ground.broker)

    async def talk() -> None:
        for stream in streams * 4:
            await pair.ledger.say(pair.publisher, stream)

    talking = asyncio.create_task(talk())
    async with running(second):
        await talking
        assert await agreed(pair) == {}
    for stream in streams:
        await pair.ledger.say(pair.publisher, stream)
    assert await agreed(pair) == {}


async def test_a_poisoned_event_stops_only_its_own_stream_and_goes_on_after_the_mend(pair: Pair) -> None:
    sick, well = pair.ledger.new_stream(), pair.ledger.new_stream()
    pair.listener.poison.add(0)
    await pair.ledger.say(pair.publisher, sick, 3)
    await pair.ledger.say(pair.publisher, well, 2)

    await eventually(lambda: count_is(pair.follower, 2))
    await eventually(lambda: reasons_are(pair.follower, ["poison", "behind", "behind"]))
    async with pair.follower.pool.acquire() as connection:
        [shown] = await parked_streams(connection)
    assert (shown.stream, shown.records, shown.reason, shown.first_version) == (sick, 3, "poison", 1)
    assert shown.error is not None
    assert shown.error.startswith("ValueError at shared/testing/ledger.py:")

    pair.listener.poison.clear()
    async with pair.follower.pool.acquire() as connection:
        assert await request_retry(connection, sick) == 3

    assert await agreed(pair) == {}
    assert await parked_reasons(pair.follower) == []


async def count_is(runtime: Runtime, count: int) -> bool:
    return bool(await runtime.pool.fetchval("SELECT count(*) FROM effects") == count)


async def reasons_are(runtime: Runtime, reasons: list[str]) -> bool:
    return await parked_reasons(runtime) == reasons


async def test_a_dropped_poison_lets_what_follows_go_on_and_is_kept_with_its_reason(pair: Pair) -> None:
    stream = pair.ledger.new_stream()
    pair.listener.poison.add(0)
    await pair.ledger.say(pair.publisher, stream, 3)
    await eventually(lambda: reasons_are(pair.follower, ["poison", "behind", "behind"]))

    async with pair.follower.pool.acquire() as connection:
        await drop(connection, stream, version=1, because="wrong number", by="operator")

    await eventually(lambda: count_is(pair.follower, 2))
    row = await pair.follower.pool.fetchrow("SELECT stream, version, dropped_because, dropped_by FROM dropped")
    assert tuple(row or ()) == (stream, 1, "wrong number", "operator")


async def test_what_is_not_parked_can_not_be_retried_or_dropped(pair: Pair) -> None:
    async with pair.follower.pool.acquire() as connection:
        with pytest.raises(NothingParkedError):
            await request_retry(connection, "said-none")
        with pytest.raises(NothingParkedError):
            await drop(connection, "said-none", version=1, because="x", by="y")
        assert await parked_records(connection, "said-none") == []


async def test_an_event_that_needs_a_fact_waits_for_it_and_holds_up_no_other(pair: Pair) -> None:
    waiting, other = pair.ledger.new_stream(), pair.ledger.new_stream()
    pair.listener.not_yet[0] = "person-1"
    await pair.ledger.say(pair.publisher, waiting, 2)
    await pair.ledger.say(pair.publisher, other, 1)
    await eventually(lambda: count_is(pair.follower, 1))
    await eventually(lambda: reasons_are(pair.follower, ["waiting", "behind"]))

    pair.listener.not_yet.clear()

    assert await agreed(pair) == {}


async def test_a_gap_parks_its_stream_and_heals_when_the_missing_event_comes(pair: Pair) -> None:
    stream = pair.ledger.new_stream()
    pool = pair.publisher.pool
    await pair.publisher.loops.stop()
    await pair.ledger.say(pair.publisher, stream, 3)
    await pool.execute("DELETE FROM outbox WHERE position = (SELECT min(position) FROM outbox)")
    pair.publisher.loops.start()
    await eventually(lambda: reasons_are(pair.follower, ["gap", "behind"]))

    await pool.fetchval(SQL["resend_stream"], stream)

    assert await agreed(pair) == {}
    assert await parked_reasons(pair.follower) == []


async def test_a_publisher_restored_to_an_earlier_point_forks_and_nothing_is_dropped(
    pair: Pair, admin: Connection
) -> None:
    stream, other = pair.ledger.new_stream(), pair.ledger.new_stream()
    await pair.ledger.say(pair.publisher, stream, 5)
    await eventually(lambda: pair.ledger.agrees_with(pair.follower))
    await admin.execute("DELETE FROM alpha.events WHERE stream = $1 AND version > 3", stream)

    await pair.publisher.store.append(NewEvents(stream, 3, [Said(900), Said(901), Said(902)], cause()))
    await pair.ledger.say(pair.publisher, other)

    await eventually(lambda: reasons_are(pair.follower, ["fork", "fork", "behind"]))
    assert await agreed(pair) == {}


async def test_a_record_that_is_no_cloud_event_is_parked_and_holds_up_nothing(pair: Pair) -> None:
    broker = pair.publisher.ground.broker
    producer = new_producer(broker, "stranger")
    await producer.start()
    await producer.send_and_wait(broker.named(TOPIC.name), b"hello", key=b"k", partition=0)
    await producer.stop()

    await pair.ledger.say(pair.publisher, pair.ledger.new_stream())

    assert await agreed(pair) == {}
    await eventually(lambda: reasons_are(pair.follower, ["poison"]))


async def test_an_event_that_only_newer_code_knows_waits_for_that_code(pair: Pair) -> None:
    dsn, broker = pair.publisher.ground.database_url, pair.publisher.ground.broker
    stream = pair.ledger.new_stream()
    old: Reactions[Listener] = Reactions(topics=(TOPIC,), knows=lambda _type, _version: False)
    before = await open_follower(dsn, broker, reads=old, name="gamma")
    async with running(before):
        await pair.ledger.say(pair.publisher, stream, 2)
        await eventually(lambda: reasons_are(before, ["waiting", "behind"]))
        async with before.pool.acquire() as connection:
            [shown] = await parked_streams(connection)
    assert shown.waiting_for == "yima.test.Said v1"

    after = await open_follower(dsn, broker, name="gamma")

    async with running(after):
        await eventually(lambda: pair.ledger.agrees_with(after))
        assert await pair.ledger.difference(after) == {}
        await eventually(lambda: reasons_are(after, []))


async def test_received_events_are_kept_raw_once_where_they_are_projected(pair: Pair) -> None:
    reads: Reactions[Listener] = Reactions(topics=(TOPIC,), knows=knows, keep=frozenset({"/alpha"}))

    @reads.on(Said)
    async def on_kept(listener: Listener, work: Work, received: Received[Said]) -> None:
        await on_said(listener, work, received)

    keeper = await open_follower(
        pair.publisher.ground.database_url, pair.publisher.ground.broker, reads=reads, name="gamma"
    )
    async with running(keeper):
        stream = pair.ledger.new_stream()
        await pair.ledger.say(pair.publisher, stream, 3)
        await pair.publisher.pool.fetchval(SQL["resend_stream"], stream)
        await eventually(lambda: pair.ledger.agrees_with(keeper))
        await pair.ledger.say(pair.publisher, stream)
        await eventually(lambda: pair.ledger.agrees_with(keeper))

        rows = await keeper.pool.fetch("SELECT version FROM received ORDER BY position")
        assert [row["version"] for row in rows] == [1, 2, 3, 4]
