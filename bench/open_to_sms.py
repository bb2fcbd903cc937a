"""From the moment a resident sends to the provider's acceptance of the ticket's last message, on a fixed schedule."""

from bench.counts import MESSAGES_A_TICKET, SQL, check_chain, counted_in_figures, counts, taken_by_provider
from bench.front_door import WARM_UP_S, FrontDoor, floor, tickets
from bench.ground import noop, platform, stores
from bench.load import Outcome
from bench.results import Latencies, Result, result
from bench.scale import Scale
from shared.kernel.database import Connection

REFERENCE = "no-op POST on the same schedule, p50"
PER_SECOND = (100, 200)


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `open_to_sms`."""
    async with stores() as ground, platform(ground) as server, noop(ground) as nothing:
        api_key = await ground.partner_key()
        connection = await ground.connect()
        ours, theirs = tickets(server, api_key), floor(nothing, api_key)
        await _through(ours, connection, seconds=WARM_UP_S, per_second=PER_SECOND[0])
        results = [await _at(ours, theirs, connection, scale, per_second) for per_second in PER_SECOND]
        check_chain(await counts(connection), ours.accepted)
        await connection.close()
    return results


async def _at(ours: FrontDoor, theirs: FrontDoor, connection: Connection, scale: Scale, per_second: int) -> Result:
    nothing = await theirs.take(seconds=scale.open_loop_seconds, per_second=per_second)
    outcome = await _through(ours, connection, seconds=scale.open_loop_seconds, per_second=per_second)
    accepted_at = {row["ticket"]: row["at"] for row in await connection.fetch(SQL["acceptance_by_ticket"])}
    latencies = Latencies.of([accepted_at[ticket] - due for ticket, due in outcome.due.items()])
    name = "open_to_sms" if per_second == PER_SECOND[0] else f"open_to_sms_{per_second}_per_s"
    return result(
        name, value=latencies.p50_ms, unit="ms", reference=(REFERENCE, nothing.latencies.p50_ms), latencies=latencies
    )


async def _through(door: FrontDoor, connection: Connection, *, seconds: float, per_second: float) -> Outcome:
    outcome = await door.take(seconds=seconds, per_second=per_second)
    await taken_by_provider(connection, door.accepted * MESSAGES_A_TICKET)
    await counted_in_figures(connection, door.accepted)
    return outcome
