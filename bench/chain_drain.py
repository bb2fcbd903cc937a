"""How fast waiting tickets are carried to the provider: taken in by intake alone, then the whole platform starts.

The time runs from the first case's commit, since the start of a process is not what is measured; the first batch of
cases, whose work lies before that moment, is a few hundred of the thousands.
"""

from statistics import median

from bench.counts import (
    MESSAGES_A_TICKET,
    SQL,
    CountsDifferError,
    check_chain,
    counted_in_figures,
    counts,
    relayed,
    taken_by_provider,
)
from bench.front_door import WARM_UP_S, floor, median_ratio, tickets
from bench.ground import Stores, intake_alone, noop, platform, stores
from bench.results import Result, result
from bench.scale import Scale
from shared.kernel.database import Connection

REFERENCE = "no-op POST"
ROUNDS_MAX = 3


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `chain_drain`."""
    async with stores() as ground:
        async with platform(ground):
            api_key = await ground.partner_key()
        connection = await ground.connect()
        rates: list[tuple[float, float]] = []
        preloaded = 0
        for _ in range(min(scale.rounds, ROUNDS_MAX)):
            async with noop(ground) as nothing:
                door = floor(nothing, api_key)
                await door.take(seconds=WARM_UP_S)
                reference = await door.take(seconds=scale.seconds)
            preloaded += await _preload(ground, connection, api_key, scale.preloaded)
            rates.append((await _drain(ground, connection, preloaded, scale.preloaded), reference.per_second))
        check_chain(await counts(connection), preloaded)
        await connection.close()
    return [
        result(
            "chain_drain",
            value=median(ours for ours, _ in rates),
            unit="tickets/s",
            reference=(REFERENCE, median(theirs for _, theirs in rates)),
            ratio=median_ratio(rates),
        )
    ]


async def _preload(ground: Stores, connection: Connection, api_key: str, reports: int) -> int:
    async with intake_alone(ground) as server:
        outcome = await tickets(server, api_key).take(reports=reports)
        await relayed(connection)
    if outcome.accepted != reports:
        raise CountsDifferError(f"reports taken in before, by status: {dict(outcome.by_status)}")
    return outcome.accepted


async def _drain(ground: Stores, connection: Connection, total: int, waiting: int) -> float:
    """The rate of this many waiting tickets."""
    before = await connection.fetchval(SQL["last_position"]) or 0
    async with platform(ground):
        await taken_by_provider(connection, total * MESSAGES_A_TICKET)
        await counted_in_figures(connection, total)
    began_at = await connection.fetchval(SQL["first_case"], before)
    ended_at = await connection.fetchval(SQL["last_acceptance"])
    return float(waiting / (ended_at - began_at))
