"""Kafka is away, hangs, or comes back without what it had acknowledged."""

import asyncio
from pathlib import Path

import pytest

from shared.kernel.event_store import Fold
from shared.kernel.kafka import close_producer, ensure_topics, new_producer, start_client
from shared.kernel.offsets import OffsetExpiredError, OtherClusterError
from shared.kernel.republish import RepublishProgress, adopt_cluster, republish, sent
from shared.kernel.work import Work
from shared.testing.ledger import TOPIC, Said, cause
from shared.testing.topics import forget_records
from shared.testing.waiting import eventually
from tests.faults.kernel.conftest import HEALED_WITHIN_S, Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SILENT: Fold[None] = Fold(None, lambda state, _event: state)
AN_HOUR_AGO = "UPDATE alpha.events SET recorded_at = recorded_at - interval '1 hour'"


async def restart_loops(stage: Stage) -> None:
    """What an operator does: start the service again."""
    await stage.follower.loops.stop()
    stage.follower.loops.start()


async def republish_and_adopt(stage: Stage) -> list[RepublishProgress]:
    progress: list[RepublishProgress] = []
    await ensure_topics(stage.broker, [TOPIC])
    async with stage.publisher.pool.acquire() as connection:
        await republish(connection, progress.append, chunk=7)
        await sent(connection)
    await adopt_cluster("beta", stage.follower.pool, stage.broker, [TOPIC])
    return progress


async def test_kafka_that_was_away_for_a_while_gets_everything_once(stage: Stage) -> None:
    streams = await stage.say()
    await stage.agreed()

    await stage.kafka.stop()
    for stream in streams:
        await stage.ledger.say(stage.publisher, stream)
    await stage.troubled(stage.publisher, "relay")
    await stage.troubled(stage.follower, "consumer")
    await stage.kafka.start()

    assert await stage.agreed() == {}
    await stage.well()


async def test_services_start_while_kafka_is_away_and_say_that_they_are_not_ready(quiet_stage: Stage) -> None:
    stage = quiet_stage
    await stage.kafka.stop()

    stage.publisher.loops.start()
    stage.follower.loops.start()
    await stage.say()
    assert set(await stage.publisher.troubles()) == {"relay"}
    assert set(await stage.follower.troubles()) == {"consumer"}
    await stage.kafka.start()

    assert await stage.agreed() == {}
    await stage.well()


async def test_a_producer_whose_broker_hangs_is_closed_and_nothing_of_it_goes_on(quiet_stage: Stage) -> None:
    stage, before = quiet_stage, asyncio.all_tasks()
    await ensure_topics(stage.broker, [TOPIC])
    producer = new_producer(stage.broker, "closed-hard")
    await start_client(producer)

    stage.kafka.pause()
    await producer.send(stage.broker.named(TOPIC.name), b"{}", key=b"a")
    await close_producer(producer)
    stage.kafka.resume()

    async def nothing_goes_on() -> bool:
        return asyncio.all_tasks() <= before

    await eventually(nothing_goes_on)


async def test_kafka_that_hangs_and_goes_on_gets_everything_once(stage: Stage) -> None:
    streams = await stage.say()

    stage.kafka.pause()
    for stream in streams:
        await stage.ledger.say(stage.publisher, stream)
    await stage.troubled(stage.follower, "consumer")
    stage.kafka.resume()

    assert await stage.agreed() == {}
    await stage.well()


async def test_kafka_that_was_killed_gets_everything_once(stage: Stage) -> None:
    streams = await stage.say()

    await stage.kafka.kill()
    for stream in streams:
        await stage.ledger.say(stage.publisher, stream)
    await stage.kafka.start()

    assert await stage.agreed() == {}


@pytest.mark.parametrize("taken_before", [True, False], ids=["that were taken", "that nobody had taken"])
async def test_kafka_without_its_last_records_heals_by_itself(
    stage: Stage, tmp_path: Path, *, taken_before: bool
) -> None:
    streams = await stage.say()
    await stage.agreed()
    await stage.kafka.stop()
    await stage.kafka.save_copy(tmp_path / "earlier")
    await stage.kafka.start()
    await stage.well()
    if not taken_before:
        await stage.follower.loops.stop()
    for stream in (*streams, *await stage.say()):
        await stage.ledger.say(stage.publisher, stream, 2)
    await stage.all_sent()
    if taken_before:
        await stage.agreed()

    await stage.kafka.kill()
    await stage.kafka.return_to(tmp_path / "earlier")
    await stage.kafka.start()
    if not taken_before:
        stage.follower.loops.start()
    for stream in (*streams, *await stage.say()):
        await stage.ledger.say(stage.publisher, stream)

    assert await stage.agreed() == {}
    await stage.well()


async def test_an_old_backlog_that_was_sent_just_before_is_sent_again(stage: Stage, tmp_path: Path) -> None:
    await stage.say()
    await stage.agreed()
    await stage.kafka.stop()
    await stage.kafka.save_copy(tmp_path / "earlier")
    await stage.follower.loops.stop()
    await stage.say()
    await stage.administer(AN_HOUR_AGO)
    await stage.kafka.start()
    await stage.all_sent()

    await stage.kafka.kill()
    await stage.kafka.return_to(tmp_path / "earlier")
    await stage.kafka.start()
    stage.follower.loops.start()

    assert await stage.agreed() == {}


async def test_an_event_that_was_never_sent_is_not_passed_over_where_lost_ones_stood(
    stage: Stage, tmp_path: Path
) -> None:
    """It was begun first and is committed last, so that it is sent again before what the consumer had taken."""
    slow = stage.ledger.new_stream()
    async with stage.publisher.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        work = Work(connection, stage.publisher.store, stage.publisher.ground.clock.now())
        work.append(await work.load(slow, SILENT), [Said(5000)], fold=SILENT, cause=cause())
        await work.flush()
        await stage.kafka.stop()
        await stage.kafka.save_copy(tmp_path / "empty-topics")
        await stage.kafka.start()
        await stage.well()
        await stage.say(streams=20, times=2)
        await stage.agreed()

        await stage.kafka.kill()
        await stage.kafka.return_to(tmp_path / "empty-topics")
        await transaction.commit()
    stage.ledger.said[slow].append(5000)
    await stage.kafka.start()
    await stage.say()

    assert await stage.agreed() == {}


async def test_emptied_kafka_stops_the_consumer_until_all_is_republished(stage: Stage) -> None:
    streams = await stage.say()
    await stage.agreed()
    await stage.kafka.stop()
    await stage.kafka.empty()
    await stage.kafka.start()
    for stream in streams:
        await stage.ledger.say(stage.publisher, stream)

    said = await stage.troubled(stage.follower, "consumer")
    await ensure_topics(stage.broker, [TOPIC])
    await stage.all_sent()
    told = await stopped_with(stage)
    assert said in {told, "starting", "KafkaError", "KafkaConnectionError"}
    assert told == OtherClusterError.__doc__
    taken: int = await stage.follower.pool.fetchval("SELECT count(*) FROM effects")
    assert taken == stage.ledger.total - len(streams)

    progress = await republish_and_adopt(stage)
    await restart_loops(stage)

    assert await stage.agreed() == {}
    assert [each.done <= each.total for each in progress] == [True] * len(progress)
    assert (progress[-1].done, len(progress)) == (progress[-1].total, 3)
    await stage.well()


async def stopped_with(stage: Stage) -> str | None:
    """What the consumer's loop said when it stopped for good."""
    [loop] = [each for each in stage.follower.loops.loops if each.name == "consumer"]

    async def is_stopped() -> bool:
        return loop.stopped

    await eventually(is_stopped, timeout_s=HEALED_WITHIN_S)
    return loop.trouble


async def test_records_that_expired_unread_stop_the_consumer_until_all_is_republished(stage: Stage) -> None:
    streams = await stage.say(streams=20)
    await stage.agreed()
    await stage.follower.loops.stop()
    for stream in streams * 2:
        await stage.ledger.say(stage.publisher, stream)
    await stage.all_sent()
    await forget_records(stage.broker, [TOPIC])

    stage.follower.loops.start()
    assert await stopped_with(stage) == OffsetExpiredError.__doc__
    assert (await stage.follower.troubles())["consumer"] == OffsetExpiredError.__doc__

    await republish_and_adopt(stage)
    await restart_loops(stage)

    assert await stage.agreed() == {}


async def test_records_that_expired_after_they_were_read_stop_nobody(stage: Stage) -> None:
    streams = await stage.say(streams=20)
    await stage.agreed()
    await stage.follower.loops.stop()
    await forget_records(stage.broker, [TOPIC])

    stage.follower.loops.start()
    for stream in streams:
        await stage.ledger.say(stage.publisher, stream)

    assert await stage.agreed() == {}
