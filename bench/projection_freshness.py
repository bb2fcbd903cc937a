"""From the commit of an event by whoever records it to the commit in which the figures have changed by it.

Reports come on a fixed schedule, 100 a second; each brings some ten events of three services. Reporting keeps an event
and counts it in one transaction, so that the moment at which it is kept is that of the figures' change.
"""

from bench.counts import MESSAGES_A_TICKET, SQL, check_chain, counted_in_figures, counts, taken_by_provider
from bench.front_door import WARM_UP_S, FrontDoor, tickets
from bench.ground import platform, stores
from bench.load import Outcome
from bench.results import Latencies, Result, result
from bench.scale import Scale
from shared.kernel.database import Connection

PER_SECOND = 100
REFERENCE = "the answer to the report itself, p50"


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `projection_freshness`; its value is the p99."""
    async with stores() as ground, platform(ground) as server:
        connection = await ground.connect()
        door = tickets(server, await ground.partner_key())
        await _through(door, connection, seconds=WARM_UP_S)
        begins = await connection.fetchval(SQL["last_kept"])
        outcome = await _through(door, connection, seconds=scale.open_loop_seconds)
        late = [row["seconds"] for row in await connection.fetch(SQL["seconds_to_figures"], begins)]
        check_chain(await counts(connection), door.accepted)
        await connection.close()
    latencies = Latencies.of(late)
    reference = (REFERENCE, outcome.latencies.p50_ms)
    name = "projection_freshness"
    return [result(name, value=latencies.p99_ms, unit="ms (p99)", reference=reference, latencies=latencies)]


async def _through(door: FrontDoor, connection: Connection, *, seconds: float) -> Outcome:
    outcome = await door.take(seconds=seconds, per_second=PER_SECOND)
    await taken_by_provider(connection, door.accepted * MESSAGES_A_TICKET)
    await counted_in_figures(connection, door.accepted)
    return outcome
