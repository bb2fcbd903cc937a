"""Reports through the chain with 1, 2 and 4 processes of each part, and how long work stands still when one is killed.

With one of a part nobody stands by: it is started again at once, as whatever supervises it would. With more, the others
go on and nobody is started. How long it stood still is the longest that any report waited, from when it was due to be
sent until the provider's last acceptance was recorded, of those that were due from two seconds before the kill on; of
web processes, from the kill until one that is asked in turn has taken a report.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.apart import CHAIN, INTAKE_WEB, ROUTING_CONSUMERS, ROUTING_RELAY, Fleet, Part, apart
from bench.counts import (
    MESSAGES_A_TICKET,
    SQL,
    check_chain,
    counted_in_figures,
    counts,
    taken_by_provider,
)
from bench.front_door import TICKETS, WARM_UP_S
from bench.ground import PLACE, stores
from bench.load import CONNECTIONS, Outcome, Plan, Requests, fire
from bench.results import Result, result
from bench.scale import Scale
from bench.spent import Seconds, cpu_seconds, spent
from bench.wire import Wire
from shared.kernel.database import Connection

# Slow enough that nobody waits for a core, so that what is waited for is the hand-over.
STEADY_PER_SECOND = 20.0
KILLED_AFTER_S, WATCHED_FOR_S = 4.0, 36.0
LOOKED_BACK_S = 2.0
ROUNDS_MAX = 3
SHOWN_PARTS = 4
CORES = 2
TAKEN = 201


class NotTakenError(Exception):
    """No web process has taken a report."""


@dataclass(frozen=True, slots=True)
class Carried:
    """One round: how fast, and what used how much of a core meanwhile."""

    per_second: float
    cores: Seconds


@dataclass(slots=True)
class Platform:
    """What is measured: the fleet, an administrator's connection, and how many reports were taken so far."""

    fleet: Fleet
    connection: Connection
    api_key: str
    accepted: int = 0
    runs: int = 0

    def plan(self, port: int) -> Plan:
        """A load on one of the web processes."""
        self.runs += 1
        return Plan(port=port, path=TICKETS, place=PLACE, api_key=self.api_key, run=f"{port}-{self.runs}")

    async def through(self) -> None:
        """Wait until all that was taken has come through, and count it."""
        await taken_by_provider(self.connection, self.accepted * MESSAGES_A_TICKET)
        await counted_in_figures(self.connection, self.accepted)


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `scale_out`."""
    results: list[Result] = []
    alone: dict[str, float] = {}
    for processes in scale.processes:
        async with stores() as ground:
            await ground.yima("migrate", "--json")
            api_key = await ground.partner_key()
            connection = await ground.connect()
            async with apart(ground, CHAIN, processes=processes) as fleet:
                measured = Platform(fleet, connection, api_key)
                results += await _of(measured, processes, alone, scale)
                check_chain(await counts(connection), measured.accepted)
            await connection.close()
    return results


async def _of(measured: Platform, processes: int, alone: dict[str, float], scale: Scale) -> list[Result]:
    await _carry(measured, WARM_UP_S)
    rounds = [await _carry(measured, scale.seconds) for _ in range(min(scale.rounds, ROUNDS_MAX))]
    stood_still = {
        "web": await _web_killed(measured),
        "consumers": await _killed(measured, ROUTING_CONSUMERS),
        "relay": await _killed(measured, ROUTING_RELAY),
    }
    rate = median(each.per_second for each in rounds)
    alone |= {} if alone else {"rate": rate, **stood_still}
    through = result(
        f"scale_out_{processes}",
        value=rate,
        unit=f"tickets/s with {processes} of each part ({_limit(rounds[-1].cores)})",
        reference=("one of each", alone["rate"]),
    )
    handed_over = [
        result(
            f"hand_over_{role}_{processes}",
            value=seconds,
            unit=f"s until work went on, of {processes}",
            reference=("the only one, started again at once, s", alone[role]),
        )
        for role, seconds in stood_still.items()
    ]
    return [through, *handed_over]


def _limit(cores: Seconds) -> str:
    """How much of the cores was used, and by what most."""
    most = ", ".join(f"{name} {used:.2f}" for name, used in list(cores.items())[:SHOWN_PARTS])
    return f"{sum(cores.values()):.2f} of {CORES} cores, without the load's own: {most}"


async def _carry(measured: Platform, seconds: float) -> Carried:
    """Put load on every web process, and wait until all of it has come through."""
    ports = measured.fleet.ports(INTAKE_WEB)
    connections = max(1, CONNECTIONS // len(ports))
    plans = [replace(measured.plan(port), seconds=seconds, connections=connections) for port in ports]
    before = await cpu_seconds(measured.fleet, measured.connection)
    posts = await asyncio.gather(*map(fire, plans))
    accepted = sum(each.accepted for each in posts)
    measured.accepted += accepted
    await taken_by_provider(measured.connection, measured.accepted * MESSAGES_A_TICKET)
    after = await cpu_seconds(measured.fleet, measured.connection)
    took = await measured.connection.fetchval(SQL["last_acceptance"]) - min(each.began_at for each in posts)
    await measured.through()
    return Carried(accepted / took, _cores(before, after, took))


def _cores(before: Seconds, after: Seconds, seconds: float) -> Seconds:
    return {name: used / seconds for name, used in spent(before, after).items()}


async def _killed(measured: Platform, part: Part) -> float:
    """The longest that a report waited after one of this part, that at work, was killed."""
    # The reports go to a process that lives.
    plan = replace(
        measured.plan(measured.fleet.ports(INTAKE_WEB)[-1]), seconds=WATCHED_FOR_S, per_second=STEADY_PER_SECOND
    )
    load = asyncio.create_task(fire(plan))
    await asyncio.sleep(KILLED_AFTER_S)
    killed_at = time.time()
    await measured.fleet.kill_first(part)
    if not measured.fleet.servers[part]:
        await measured.fleet.begin(part)
    outcome = await load
    measured.accepted += outcome.accepted
    await measured.through()
    waited = await _waits(measured.connection, outcome, since=killed_at - LOOKED_BACK_S)
    print(f"  {part} killed: {max(waited):.1f} s, half waited {median(waited):.2f} s", file=sys.stderr)
    return max(waited)


async def _waits(connection: Connection, outcome: Outcome, *, since: float) -> Sequence[float]:
    accepted_at = {row["ticket"]: row["at"] for row in await connection.fetch(SQL["acceptance_by_ticket"])}
    return [accepted_at[ticket] - due for ticket, due in outcome.due.items() if due >= since]


async def _web_killed(measured: Platform) -> float:
    """The seconds from the kill of a web process until another, asked in turn as a proxy asks, has taken a report."""
    ports = list(measured.fleet.ports(INTAKE_WEB))
    began = time.monotonic()
    await measured.fleet.kill_first(INTAKE_WEB)
    if len(ports) == 1:
        ports.append((await measured.fleet.begin(INTAKE_WEB)).port)
    request = Requests(measured.plan(0)).of(0)
    while time.monotonic() - began < WATCHED_FOR_S:
        for port in ports:
            if await _takes(port, request):
                seconds = time.monotonic() - began
                measured.accepted += 1
                await measured.through()
                return seconds
        await asyncio.sleep(0.01)
    raise NotTakenError


async def _takes(port: int, request: bytes) -> bool:
    try:
        wire = await Wire.connect(port)
    except OSError:
        return False
    try:
        return (await wire.ask(request)).status == TAKEN
    except OSError:
        return False
    finally:
        wire.close()
