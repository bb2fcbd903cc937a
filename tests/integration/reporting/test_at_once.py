"""Several processes take in news of the same tickets and places at once, each what its partitions brought it."""

import asyncio
from collections.abc import Sequence

from services.reporting.projections import FIGURES
from shared.kernel.clock import SystemClock
from shared.kernel.rebuild import rebuild
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.test_projection import ignore
from tests.integration.reporting.test_times import until_timed

PROCESSES, POSITIONS_AT_ONCE = 6, 12
FORGET = """
TRUNCATE reporting_figures.facts, reporting_figures.cases, reporting_figures.phases, reporting_figures.ratings,
    reporting_figures.messages, reporting_figures.sums, reporting_figures.times, reporting_figures.spots,
    reporting_figures.unsummed
"""


async def take_in(town: Town, positions: Sequence[int]) -> None:
    connection = await town.reporting.runtime.ground.connect()
    try:
        for first in range(0, len(positions), POSITIONS_AT_ONCE):
            async with connection.transaction():
                await FIGURES.take_in(connection, positions[first : first + POSITIONS_AT_ONCE])
    finally:
        await connection.close()


async def test_batches_that_are_taken_in_at_once_neither_block_each_other_nor_overlook_any(town: Town) -> None:
    # What counts first responses anew waits for consumers, and knows nothing of these.
    await until_timed(town)
    await town.tell(*eventful_stories(12, 60))
    pool = town.reporting.runtime.pool
    positions = [row["position"] for row in await pool.fetch("SELECT position FROM received ORDER BY position")]
    await pool.execute(FORGET)

    # Each has something of every ticket.
    await asyncio.gather(*(take_in(town, positions[first::PROCESSES]) for first in range(PROCESSES)))

    async with pool.acquire() as connection:
        assert not (await rebuild(connection, FIGURES, clock=SystemClock(), report=ignore)).differences
        assert await connection.fetchval("SELECT count(*) FROM reporting_figures.facts") > len(positions) / 4
