"""PostgreSQL is restarted, killed, or away when a loop starts."""

import asyncio
from functools import partial

import asyncpg
import pytest

from shared.kernel.database import PLATFORM_ERRORS
from shared.testing.waiting import eventually
from tests.faults.kernel.conftest import HEALED_WITHIN_S, Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

AWAY: tuple[type[BaseException], ...] = (*PLATFORM_ERRORS, asyncpg.PostgresError)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_postgresql_that_ends_and_comes_back_has_everything_once(stage: Stage, end: str) -> None:
    streams = await stage.say()
    talking = asyncio.create_task(talk(stage, streams))

    await (stage.postgres.stop() if end == "stop" else stage.postgres.kill())
    await stage.troubled(stage.publisher, "database")
    await stage.postgres.start()

    await talking
    assert await stage.agreed() == {}
    await stage.well()


async def talk(stage: Stage, streams: list[str]) -> None:
    """Go on as a client does that is told to try again: whether the last append was answered or not, the log knows."""
    for stream in streams * 20:
        await eventually(partial(said, stage, stream), timeout_s=HEALED_WITHIN_S)


async def said(stage: Stage, stream: str) -> bool:
    try:
        await stage.ledger.say_surely(stage.publisher, stream)
    except AWAY:
        return False
    return True


async def test_loops_that_start_while_postgresql_is_away_say_so_and_work_when_it_is_back(quiet_stage: Stage) -> None:
    stage = quiet_stage
    await stage.say()
    await stage.postgres.stop()

    stage.publisher.loops.start()
    stage.follower.loops.start()
    assert set(await stage.publisher.troubles()) == {"relay", "database"}
    assert set(await stage.follower.troubles()) == {"consumer", "database"}
    await stage.postgres.start()

    assert await stage.agreed() == {}
    await stage.well()
