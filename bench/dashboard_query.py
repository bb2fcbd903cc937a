"""What each panel of the dashboards asks of a year, as Grafana's role, at 10,000 to a million tickets.

The macros are expanded as the tests expand them, and a year is looked at by months. The floor is to read one sum by its
index. The result is the p95 over all panels, each asked in turns; which is the slowest is said on the way.
"""

import sys
from datetime import timedelta
from statistics import median
from time import perf_counter

from asyncpg import connect

from bench.district import NOW, server
from bench.figure_query import FLOOR
from bench.results import Latencies, Result, result
from bench.scale import Scale
from shared.kernel.database import Connection
from tests.unit.deploy.grafana_json import Shown, expanded, panels

STARTS, ENDS = (NOW - timedelta(days=365)).strftime("%Y-%m-%dT00:00:00+08:00"), NOW.isoformat()
ROLE = "SET SESSION AUTHORIZATION yima_grafana"
SHOWN = [each for each in panels() if each.sql is not None]
SLOWEST = 5


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `dashboard_query`."""
    results: list[Result] = []
    for tickets in scale.district_tickets:
        async with server(tickets) as postgres:
            session = await connect(postgres.dsn)
            await session.execute(ROLE)
            reference = ("a sum read by its index, p50", await _floor(session, scale.rounds * 20) * 1000)
            seconds = await _seconds(session, scale.rounds)
            await session.close()
        _say_slowest(seconds)
        told = Latencies.of([each for of_panel in seconds.values() for each in of_panel])
        name = f"dashboard_query_{tickets}"
        results.append(result(name, value=told.p95_ms, unit="ms (p95)", reference=reference, latencies=told))
    return results


async def _seconds(session: Connection, rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {}
    for shown in [*SHOWN] * rounds:
        began = perf_counter()
        await session.fetch(_asked(shown))
        seconds.setdefault(f"{shown.id} {shown.title}", []).append(perf_counter() - began)
    return seconds


def _asked(shown: Shown) -> str:
    return expanded(shown.sql or "", starts=STARTS, ends=ENDS, period="month")


def _say_slowest(seconds: dict[str, list[float]]) -> None:
    slowest = sorted(seconds, key=lambda panel: median(seconds[panel]), reverse=True)[:SLOWEST]
    for panel in slowest:
        print(f"    {median(seconds[panel]) * 1000:.0f} ms: {panel}", file=sys.stderr)


async def _floor(session: Connection, times: int) -> float:
    seconds = []
    for _ in range(times):
        began = perf_counter()
        await session.fetchval(FLOOR)
        seconds.append(perf_counter() - began)
    return median(seconds)
