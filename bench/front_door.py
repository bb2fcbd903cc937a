"""What the benchmarks of the front door share: the floor and the platform side by side, measured in turns."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeVar

from bench.ground import PLACE, Server
from bench.load import Outcome, Plan, fire
from bench.noop import PATH as NOOP_PATH

TICKETS = "/api/v1/tickets"
WARM_UP_S = 2.0

Ours = TypeVar("Ours")


@dataclass(slots=True)
class FrontDoor:
    """A server, and how many tickets it has answered for."""

    server: Server
    plan: Plan
    accepted: int = 0
    _runs: int = 0

    async def take(
        self, *, seconds: float | None = None, reports: int | None = None, per_second: float | None = None
    ) -> Outcome:
        """Put load on it."""
        self._runs += 1
        run = f"{self.server.port}-{self._runs}"
        plan = replace(self.plan, run=run, seconds=seconds, reports=reports, per_second=per_second)
        outcome = await fire(plan)
        self.accepted += outcome.accepted
        return outcome


def tickets(server: Server, api_key: str) -> FrontDoor:
    """The platform's."""
    return FrontDoor(server, Plan(port=server.port, path=TICKETS, place=PLACE, api_key=api_key))


def floor(server: Server, api_key: str) -> FrontDoor:
    """The same requests to a server that does nothing."""
    return FrontDoor(server, Plan(port=server.port, path=NOOP_PATH, place=PLACE, api_key=api_key))


async def in_turns(
    rounds: int, ours: Callable[[], Awaitable[Ours]], theirs: Callable[[], Awaitable[Outcome]]
) -> list[tuple[Ours, Outcome]]:
    """Each round both, the other one first each time: a slow minute of the machine slows both."""
    measured: list[tuple[Ours, Outcome]] = []
    for number in range(rounds):
        if number % 2:
            mine = await ours()
            measured.append((mine, await theirs()))
        else:
            other = await theirs()
            measured.append((await ours(), other))
    return measured


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of each round's own ratio."""
    return median(ours / theirs for ours, theirs in pairs)
