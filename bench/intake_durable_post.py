"""A durable report through the front door against a POST that does nothing: intake alone, its relay on."""

from statistics import median

from bench.counts import check_tickets, counts, relayed
from bench.front_door import WARM_UP_S, floor, in_turns, median_ratio, tickets
from bench.ground import intake_alone, noop, platform, stores
from bench.load import Outcome
from bench.results import Latencies, Result, result
from bench.scale import Scale

REFERENCE = "no-op POST"


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `intake_durable_post`."""
    async with stores() as ground:
        async with platform(ground):
            api_key = await ground.partner_key()
        async with intake_alone(ground) as server, noop(ground) as nothing:
            connection = await ground.connect()
            ours, theirs = tickets(server, api_key), floor(nothing, api_key)

            async def take() -> Outcome:
                outcome = await ours.take(seconds=scale.seconds)
                await relayed(connection)
                return outcome

            await theirs.take(seconds=WARM_UP_S)
            await ours.take(seconds=WARM_UP_S)
            await relayed(connection)
            measured = await in_turns(scale.rounds, take, lambda: theirs.take(seconds=scale.seconds))
            check_tickets(await counts(connection), ours.accepted)
            await connection.close()
    return _results(measured)


def _results(measured: list[tuple[Outcome, Outcome]]) -> list[Result]:
    rates = [(ours.per_second, theirs.per_second) for ours, theirs in measured]
    tails = [(ours.latencies.p99_ms, theirs.latencies.p99_ms) for ours, theirs in measured]
    return [
        result(
            "intake_durable_post",
            value=median(ours for ours, _ in rates),
            unit="tickets/s",
            reference=(REFERENCE, median(theirs for _, theirs in rates)),
            ratio=median_ratio(rates),
            latencies=Latencies.median_of([ours.latencies for ours, _ in measured]),
        ),
        result(
            "intake_durable_post_p99",
            value=median(ours for ours, _ in tails),
            unit="ms",
            reference=(REFERENCE, median(theirs for _, theirs in tails)),
            ratio=median_ratio(tails),
        ),
    ]
