"""A service's process is killed as the system kills, wherever it stands."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from shared.kernel.database import Connection
from shared.testing.ledger import open_publisher
from shared.testing.lone_service import lone_service
from shared.testing.waiting import eventually
from tests.faults.kernel.conftest import HEALED_WITHIN_S, Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

WHO_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = $1"
WHO_LEADS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest_asyncio.fixture(loop_scope="session")
async def admin(quiet_stage: Stage) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(quiet_stage.postgres.dsn)
    yield connection
    await connection.close()


async def waits_for_lock(admin: Connection, role: str) -> None:
    async def somebody_waits() -> bool:
        return bool(await admin.fetchval(WHO_WAITS, role))

    await eventually(somebody_waits, timeout_s=HEALED_WITHIN_S)


async def test_a_relay_killed_between_send_and_delete_is_followed_by_one_that_sends_again(
    quiet_stage: Stage, admin: Connection
) -> None:
    stage, dsn = quiet_stage, quiet_stage.postgres.dsn
    stage.follower.loops.start()
    async with lone_service("publisher", dsn, stage.broker) as first:
        streams = await stage.say()
        await stage.agreed()
        async with admin.transaction():
            await admin.execute("LOCK TABLE alpha.acknowledged IN ACCESS EXCLUSIVE MODE")
            await stage.ledger.say(stage.publisher, streams[0], 3)
            await stage.agreed()
            await waits_for_lock(admin, "yima_alpha")
            await first.kill()
            assert await admin.fetchval("SELECT count(*) FROM alpha.outbox") == 3

    async with lone_service("publisher", dsn, stage.broker):
        for stream in streams:
            await stage.ledger.say(stage.publisher, stream)

        assert await stage.agreed() == {}
        await stage.all_sent()


async def test_of_two_publishers_the_second_goes_on_when_the_first_is_killed(quiet_stage: Stage) -> None:
    stage, dsn = quiet_stage, quiet_stage.postgres.dsn
    stage.follower.loops.start()
    async with lone_service("publisher", dsn, stage.broker) as first, lone_service("publisher", dsn, stage.broker):
        streams = await stage.say(streams=10)
        await stage.agreed()
        assert await stage.publisher.pool.fetchval(WHO_LEADS) == 1

        for number, stream in enumerate(streams * 4):
            await stage.ledger.say(stage.publisher, stream)
            if number == 15:
                await first.kill()

        assert await stage.agreed() == {}
        await stage.all_sent()


async def test_another_process_s_commit_wakes_the_relay_that_leads(quiet_stage: Stage, admin: Connection) -> None:
    stage = quiet_stage
    stage.follower.loops.start()
    async with lone_service("publisher", stage.postgres.dsn, stage.broker):
        await stage.say()
        await stage.agreed()
        bells: list[str] = []
        await admin.add_listener("relay_alpha", lambda *_: bells.append("rung"))
        standby = await open_publisher(stage.postgres.dsn, stage.broker)

        await stage.ledger.say(standby, stage.ledger.new_stream())

        async def rung() -> bool:
            return bells == ["rung"]

        await eventually(rung)
        assert await stage.agreed() == {}
        await standby.stop()


async def test_a_consumer_killed_before_its_commit_is_followed_by_one_that_takes_the_batch_again(
    quiet_stage: Stage, admin: Connection
) -> None:
    stage, dsn = quiet_stage, quiet_stage.postgres.dsn
    stage.publisher.loops.start()
    async with lone_service("follower", dsn, stage.broker) as first:
        streams = await stage.say()
        await stage.agreed()
        async with admin.transaction():
            await admin.execute("LOCK TABLE beta.seen IN ACCESS EXCLUSIVE MODE")
            for stream in streams:
                await stage.ledger.say(stage.publisher, stream)
            await waits_for_lock(admin, "yima_beta")
            await first.kill()

    async with lone_service("follower", dsn, stage.broker):
        for stream in streams:
            await stage.ledger.say(stage.publisher, stream)

        assert await stage.agreed() == {}


async def test_of_two_consumers_the_second_goes_on_when_the_first_is_killed(quiet_stage: Stage) -> None:
    stage, dsn = quiet_stage, quiet_stage.postgres.dsn
    stage.publisher.loops.start()
    async with lone_service("follower", dsn, stage.broker) as first, lone_service("follower", dsn, stage.broker):
        streams = await stage.say(streams=30)

        for number, stream in enumerate(streams * 4):
            await stage.ledger.say(stage.publisher, stream)
            if number == 50:
                await first.kill()

        assert await stage.agreed() == {}
