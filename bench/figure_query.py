"""How soon `GET /api/v1/figures` answers, from the request to its JSON, at 10,000 to a million tickets.

Asked is of a month, the running month and a year. `figure_query` asks for each figure by itself
(`/api/v1/figures/NAME`) by area, month and category, and each of these, the whole and units apart as well;
`figure_query_all` for all of them at once, of the whole and in the same groups. It goes through the routes of the
service, without a network, on reporting's own tables. The floor is to read one sum by its index.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import product
from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import Any, cast

import httpx2
from fastapi import FastAPI

from bench.district import NOW, district, tree
from bench.results import Latencies, Result, result
from bench.scale import Scale
from services.cli.launcher import settle_memory
from services.reporting.api.figures import routes
from services.reporting.config import Config
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.grouping import By
from services.reporting.projections import Reporting
from services.reporting.queries.turns import Turns
from shared.directory.following import DirectoryFollower
from shared.kernel.clock import SetClock
from shared.kernel.database import Connection
from shared.kernel.runtime import Runtime

ALL = "/api/v1/figures"
ONE = tuple(f"{ALL}/{figure}" for figure in FIGURES)
PERIODS = (("2026-04-01", "2026-05-01"), ("2026-11-01", "2026-12-01"), ("2025-12-01", "2026-12-01"))
FLOOR = """
SELECT received FROM reporting_figures.sums
WHERE dimension = 'all' AND grain = 'month' AND at = '2026-04-01' AND moment = '2026-04-01' AND key IS NULL
"""
# Each benchmark with what it asks, and how often the more of it there is.
ASKED: Mapping[str, tuple[Sequence[str], Sequence[By | None], int]] = {
    "figure_query": (ONE, (By.AREA, By.MONTH, By.CATEGORY), 1),
    "figure_query_whole": (ONE, (None,), 1),
    **{f"figure_query_by_{by}": (ONE, (by,), 1) for by in (By.AREA, By.MONTH, By.CATEGORY, By.UNIT)},
    "figure_query_all": ((ALL,), (None, By.AREA, By.MONTH, By.CATEGORY), 5),
    "figure_query_all_by_area": ((ALL,), (By.AREA,), 5),
    "figure_query_all_by_unit": ((ALL,), (By.UNIT,), 5),
}
Ask = Callable[[], Awaitable[object]]


async def measure(scale: Scale) -> list[Result]:
    """The benchmarks `figure_query…`: p95, and how that of each figure by itself grows with the tickets."""
    # As a service does once it has started.
    settle_memory()
    results: list[Result] = []
    grown: list[float] = []
    for tickets in scale.district_tickets:
        async with district(tickets) as connection:
            floor = await _seconds([lambda: connection.fetchval(FLOOR)], scale.rounds * 20)
            reference = ("a sum read by its index, p50", median(floor) * 1000)
            for name, (paths, groups, times) in ASKED.items():
                told = Latencies.of(await _seconds(_questions(connection, paths, groups), scale.rounds * times))
                title = f"{name}_{tickets}"
                results.append(result(title, value=told.p95_ms, unit="ms (p95)", reference=reference, latencies=told))
                grown += [told.p95_ms] if name == "figure_query" else []
    name = f"figure_query_growth_{scale.district_tickets[-1]}_over_{scale.district_tickets[0]}"
    growth = ("p95 at the fewest tickets", grown[0])
    return [*results, result(name, value=grown[-1] / grown[0], unit="times", reference=growth, ratio=None)]


async def _seconds(asked: Sequence[Ask], rounds: int) -> list[float]:
    seconds = []
    for ask in [*asked] * rounds:
        began = perf_counter()
        await ask()
        seconds.append(perf_counter() - began)
    return seconds


def _questions(connection: Connection, paths: Sequence[str], groups: Sequence[By | None]) -> Sequence[Ask]:
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=_app(connection)), base_url="http://yima")

    def question(path: str, period: tuple[str, str], by: By | None) -> Ask:
        query = {"from": period[0], "to": period[1]} | ({"by": str(by)} if by else {})

        async def ask() -> None:
            (await client.get(path, params=query)).raise_for_status()

        return ask

    return [question(*each) for each in product(paths, PERIODS, groups)]


def _app(connection: Connection) -> FastAPI:
    """The routes alone, of a service that has this one connection and knows the district by heart."""
    config = Config(session_key=b"never asked")
    runtime = SimpleNamespace(ground=SimpleNamespace(clock=SetClock(NOW)), pool=_OneConnection(connection))
    turns = Turns(asyncio.Semaphore(config.wide_at_once), config.wide_within_s)
    service = Reporting(cast("Runtime", runtime), cast("DirectoryFollower", _Known()), config, turns)
    app = FastAPI()
    app.include_router(routes(service))
    return app


class _Known:
    directory = tree()

    async def current(self) -> Any:
        return self.directory


class _OneConnection:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def acquire(self) -> "_OneConnection":
        return self

    async def __aenter__(self) -> Connection:
        return self.connection

    async def __aexit__(self, *_: object) -> None:
        """It stays open."""
