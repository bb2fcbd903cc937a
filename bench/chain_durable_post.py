"""Reports through the front door with every service running, until the provider has accepted every message."""

from dataclasses import dataclass
from statistics import median

from bench.counts import MESSAGES_A_TICKET, SQL, check_chain, counted_in_figures, counts, taken_by_provider
from bench.front_door import WARM_UP_S, FrontDoor, floor, in_turns, median_ratio, tickets
from bench.ground import noop, platform, stores
from bench.load import Outcome
from bench.results import Latencies, Result, result
from bench.scale import Scale
from shared.kernel.database import Connection

REFERENCE = "no-op POST"


@dataclass(frozen=True, slots=True)
class Carried:
    """Reports carried through to the provider: from the first one's start to the last acceptance's commit."""

    per_second: float
    posts: Outcome


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `chain_durable_post`."""
    async with stores() as ground, platform(ground) as server, noop(ground) as nothing:
        api_key = await ground.partner_key()
        connection = await ground.connect()
        ours, theirs = tickets(server, api_key), floor(nothing, api_key)
        await theirs.take(seconds=WARM_UP_S)
        await carry(ours, connection, seconds=WARM_UP_S)
        measured = await in_turns(
            scale.rounds,
            lambda: carry(ours, connection, seconds=scale.seconds),
            lambda: theirs.take(seconds=scale.seconds),
        )
        check_chain(await counts(connection), ours.accepted)
        await connection.close()
    return _results(measured)


async def carry(door: FrontDoor, connection: Connection, *, seconds: float) -> Carried:
    """Put load on the platform and wait until all of it has come through."""
    posts = await door.take(seconds=seconds)
    await taken_by_provider(connection, door.accepted * MESSAGES_A_TICKET)
    ended_at = await connection.fetchval(SQL["last_acceptance"])
    await counted_in_figures(connection, door.accepted)
    return Carried(posts.accepted / (ended_at - posts.began_at), posts)


def _results(measured: list[tuple[Carried, Outcome]]) -> list[Result]:
    rates = [(ours.per_second, theirs.per_second) for ours, theirs in measured]
    return [
        result(
            "chain_durable_post",
            value=median(ours for ours, _ in rates),
            unit="tickets/s",
            reference=(REFERENCE, median(theirs for _, theirs in rates)),
            ratio=median_ratio(rates),
            latencies=Latencies.median_of([ours.posts.latencies for ours, _ in measured]),
        )
    ]
