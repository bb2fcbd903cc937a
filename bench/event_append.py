"""The kernel's append with 8 writers against the `eventsourcing` library saving new aggregates with 8 threads.

Both append one new stream of one event of the same size at a time, to the same PostgreSQL, each in a process of its
own. Ours also writes the outbox row that has the event published; the library offers its log to be read in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.front_door import median_ratio
from bench.ground import Stores, stores
from bench.programs import run_program
from bench.results import Latencies, Result, result
from bench.scale import Scale
from shared.kernel.migrations import KERNEL, migrate

WRITERS = 8
OURS, PEER = "bench.writers.kernel", "bench.writers.eventsourcing_peer"
REFERENCE = "eventsourcing 9.5, saving new aggregates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """What a writer program has done."""

    appended: int
    seconds: float
    latencies: Latencies

    @property
    def per_second(self) -> float:
        """Appends a second."""
        return self.appended / self.seconds


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `event_append`."""
    async with stores() as ground:
        await migrate(ground.postgres.dsn, schema="bench", role="yima_bench", components=[KERNEL])
        rounds = [await _round(ground, scale.seconds, number) for number in range(scale.rounds)]
    rates = [(ours.per_second, peer.per_second) for ours, peer in rounds]
    return [
        result(
            "event_append",
            value=median(ours for ours, _ in rates),
            unit="appends/s",
            reference=(REFERENCE, median(peer for _, peer in rates)),
            ratio=median_ratio(rates),
            latencies=Latencies.median_of([ours.latencies for ours, _ in rounds]),
        )
    ]


async def _round(ground: Stores, seconds: float, number: int) -> tuple[Appended, Appended]:
    told = {"dsn": ground.postgres.dsn, "seconds": seconds, "writers": WRITERS}
    programs = (OURS, PEER) if number % 2 else (PEER, OURS)
    done = {program: _appended(await run_program(program, told)) for program in programs}
    return done[OURS], done[PEER]


def _appended(told: Mapping[str, Any]) -> Appended:
    return Appended(appended=told["appended"], seconds=told["seconds"], latencies=Latencies(**told["latencies"]))
