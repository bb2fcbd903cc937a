"""The memory of routing as a process of its own, before and after it has opened a hundred thousand cases.

Intake takes the reports in beside it; each comes by Kafka and becomes a case.
"""

import asyncio

import psutil

from bench.counts import cases_opened
from bench.front_door import tickets
from bench.ground import Server, intake_alone, platform, routing_alone, stores
from bench.results import Result, result
from bench.scale import Scale
from shared.kernel.database import Connection

MEGABYTE = 1024 * 1024
LOOK_EVERY_S = 1.0
OPENED_WITHIN_S = 1_200.0


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `routing_memory`."""
    async with stores() as ground:
        async with platform(ground):
            api_key = await ground.partner_key()
        connection = await ground.connect()
        async with routing_alone(ground) as routing:
            before = _megabytes(routing)
            async with intake_alone(ground) as intake:
                taken = await tickets(intake, api_key).take(reports=scale.opened_cases)
                peak = await _opened(connection, routing, taken.accepted)
            after = _megabytes(routing)
        await connection.close()
    return [
        result(
            "routing_memory",
            value=after,
            unit=f"MB after {taken.accepted:,} cases, at most {peak:.0f}",
            reference=("before the first, MB", before),
        )
    ]


async def _opened(connection: Connection, routing: Server, cases: int) -> float:
    """Wait until as many cases are open; the most memory seen meanwhile."""
    waiting = asyncio.create_task(cases_opened(connection, cases, within_s=OPENED_WITHIN_S))
    peak = _megabytes(routing)
    while not waiting.done():
        await asyncio.wait({waiting}, timeout=LOOK_EVERY_S)
        peak = max(peak, _megabytes(routing))
    await waiting
    return peak


def _megabytes(server: Server) -> float:
    return float(psutil.Process(server.process.pid).memory_info().rss / MEGABYTE)
