"""The figures rebuilt where it is hard: over a row that can not be read, while tickets arrive, after a kill."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL

import asyncpg
import pytest

from services.reporting.projections import FIGURES
from shared.kernel.clock import SystemClock
from shared.kernel.rebuild import Differences, Rebuild
from shared.testing.waiting import eventually
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import Story
from tests.integration.reporting.test_command import yima
from tests.integration.reporting.test_projection import ignore
from tests.integration.reporting.test_times import until_timed

SPOIL = """
UPDATE received SET data = jsonb_set(data, '{ticket_id}', to_jsonb('x' || (data ->> 'ticket_id')))
WHERE position = (SELECT min(position) FROM received WHERE type = 'yima.notify.NotificationQueued')
RETURNING position, stream
"""
MEND = """
UPDATE received SET data = jsonb_set(data, '{ticket_id}', to_jsonb(substr(data ->> 'ticket_id', 2))) WHERE position = $1
"""
# A process of its own starts, and gathers, on a machine that others work on.
STARTED_WITHIN_S = 60
STEPS_DONE = "SELECT steps_done FROM reporting.rebuilds WHERE projection = 'figures'"
CLAIMED = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = hashtext('figures')::oid AND granted"


async def test_a_row_that_can_not_be_read_stops_the_rebuild_by_its_name_until_it_is_mended(town: Town) -> None:
    await town.tell(Story().handled(), Story().handled(), Story().handled())
    pool, before = town.reporting.runtime.pool, await town.figures()
    spoiled = await pool.fetchrow(SPOIL)
    assert spoiled is not None

    refused = await yima(town, "rebuild", "figures")
    meanwhile = await town.figures()
    await pool.execute(MEND, spoiled["position"])
    rebuilt = await yima(town, "rebuild", "figures", "--json")

    assert refused.exit_code == 1
    assert f"row {spoiled['position']} ({spoiled['stream']}) cannot be read" in refused.stderr
    assert [line for line in refused.stderr.splitlines() if line.startswith("✗")] == refused.stderr.splitlines()[-1:]
    assert meanwhile["total"] == before["total"]
    assert rebuilt.exit_code == 0, rebuilt.stderr
    assert json.loads(rebuilt.stdout)["resumed_at"] == spoiled["position"]
    assert (await town.figures())["total"] == before["total"]


@pytest.mark.long
async def test_tickets_that_arrive_while_it_is_rebuilt_are_in_and_every_answer_is_told(town: Town) -> None:
    await town.tell(*eventful_stories(17, 30))
    arriving = asyncio.create_task(town.tell(*eventful_stories(18, 30)))
    connection = await town.reporting.runtime.ground.connect()

    async def rebuild_over_and_over() -> int:
        times = 0
        while not arriving.done() or not times:
            await Rebuild(connection, FIGURES, SystemClock(), ignore, chunk=40).run(Differences.REFUSE)
            times += 1
        return times

    rebuilding = asyncio.create_task(rebuild_over_and_over())
    answered = 0
    while not rebuilding.done():
        assert (await town.figures(by="area"))["total"]["received"] >= 0
        answered += 1
    await arriving
    rebuilt = await Rebuild(connection, FIGURES, SystemClock(), ignore, chunk=40).run(Differences.REFUSE)
    await connection.close()

    assert await rebuilding >= 1
    assert answered > 0
    assert rebuilt.differences == ()
    told = (await town.ask(**{"from": "2026-01-01", "to": "2026-08-01"})).json()["total"]["received"]
    assert told == await town.reporting.runtime.pool.fetchval("SELECT count(*) FROM reporting_figures.cases")


@pytest.mark.long
async def test_a_rebuild_that_was_killed_goes_on_where_it_was(town: Town) -> None:
    await town.tell(*eventful_stories(19, 10))
    # Nothing else then counts working time, for which a rebuild would wait.
    await until_timed(town)
    before, url = await town.figures(), town.reporting.runtime.ground.database_url
    admin, holder = await asyncpg.connect(url), await asyncpg.connect(url)

    async def at_the_last_step() -> bool:
        return bool(await admin.fetchval(STEPS_DONE) == len(FIGURES.finishing) - 1)

    async def gone() -> bool:
        return not await admin.fetchval(CLAIMED)

    async with holder.transaction():
        # The last step counts working time.
        await holder.execute("LOCK TABLE reporting.working_days IN ACCESS EXCLUSIVE MODE")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.cli", "rebuild", "figures"),
            env={**os.environ, "YIMA_DATABASE_URL": url},
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        await eventually(at_the_last_step, timeout_s=STARTED_WITHIN_S)
        process.kill()
        await process.wait()
    await town.until(gone)
    again = await yima(town, "rebuild", "figures", "--json")
    await admin.close()
    await holder.close()

    told = json.loads(again.stdout)
    assert again.exit_code == 0, again.stderr
    assert (told["resumed_at"], told["differences"]) == (told["positions"] + 1, [])
    assert (await town.figures())["total"] == before["total"]
