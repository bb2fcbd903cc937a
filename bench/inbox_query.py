"""A dispatcher's inbox, narrowed, with exact totals, among a million cases of which 20,000 are open.

Two dispatchers ask in turns: of a street, who sees a tenth of the cases, and of the whole district. Each page is what
the desk asks the database for: the open list and its totals, and how many were closed lately. The floor is to count the
same open cases through their index.
"""

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.ground import Stores, stores
from bench.results import Latencies, Result, result
from bench.scale import Scale
from services.routing.app import COMPONENTS, NAME
from services.routing.domain.access import Sight
from services.routing.domain.case.commands import Actor
from services.routing.domain.case.state import Status
from services.routing.domain.inbox import Due, Narrowing, Show, Wanted
from services.routing.queries import closed_page, inbox_connection, open_page
from shared.contracts.directory import Role
from shared.kernel.clock import SystemClock
from shared.kernel.database import Pool, open_pool
from shared.kernel.migrations import migrate

FILL = (Path(__file__).parent / "cases.sql").read_text(encoding="utf-8")
FILLED_WITHIN_S = 600.0
OPEN_SHARE = 50
ROWS = 25
AREAS, GRIDS, UNITS = 100, 10, 3
FLOOR = "SELECT count(*) FROM cases WHERE status <> 'closed'"
LISTS = (
    Wanted(show=Show.AREA),
    Wanted(show=Show.UNASSIGNED),
    Wanted(show=Show.WAITING),
    Wanted(show=Show.AREA, narrowing=Narrowing(due=Due.OVER)),
    Wanted(show=Show.AREA, narrowing=Narrowing(status=Status.ACCEPTED, categories=("category-3", "category-13"))),
    Wanted(show=Show.AREA, narrowing=Narrowing(urgent=True, unit="unit-13-1")),
    Wanted(show=Show.CLOSED),
)


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `inbox_query`: p95 of a page, by the dispatcher of a street and by that of the district."""
    async with stores() as ground:
        pool = await _filled(ground, scale.listed_cases)
        try:
            asked = scale.rounds * 20 * len(LISTS)
            street, district = await _asked(pool, STREET, asked), await _asked(pool, DISTRICT, asked)
            floor = await _floor(pool, asked)
        finally:
            await pool.close()
    reference = ("count of the open cases by their index, p50", floor)
    return [
        result(name, value=found.p95_ms, unit="ms (p95)", reference=reference, latencies=found)
        for name, found in (("inbox_query", street), ("inbox_query_whole_district", district))
    ]


def _dispatcher(grid: str, areas: Sequence[int]) -> Sight:
    units = frozenset({grid, *(f"unit-{area}-{number}" for area in areas for number in range(UNITS))})
    actor = Actor(person="dispatcher", unit=grid, role=Role.DISPATCHER)
    return Sight(actor=actor, units=units, areas=frozenset(f"area-{area}" for area in areas))


STREET = _dispatcher("grid-3", range(3, AREAS, GRIDS))
DISTRICT = _dispatcher("district", range(AREAS))


async def _filled(ground: Stores, cases: int) -> Pool:
    await migrate(ground.postgres.dsn, schema=NAME, role=f"yima_{NAME}", components=COMPONENTS)
    administrator = await ground.connect()
    await administrator.execute(f"SET search_path TO {NAME}")
    fill = FILL.replace("{cases}", str(cases)).replace("{open}", str(cases // OPEN_SHARE))
    fill = fill.replace("{now}", SystemClock().now().isoformat())
    await administrator.execute(fill, timeout=FILLED_WITHIN_S)
    # As a platform that has run for a while has been by itself.
    for table in ("cases", "told", "parts", "questions"):
        await administrator.execute(f"VACUUM ANALYZE {table}", timeout=FILLED_WITHIN_S)
    await administrator.close()
    return await open_pool(ground.postgres.dsn, schema=NAME, role=f"yima_{NAME}")


async def _asked(pool: Pool, sight: Sight, times: int) -> Latencies:
    seconds = []
    for wanted in islice(cycle(LISTS), times):
        now = SystemClock().now()
        began = perf_counter()
        async with inbox_connection(pool, wanted.narrowing) as connection:
            await open_page(connection, sight, wanted, now=now, limit=ROWS)
            await closed_page(connection, sight, wanted, now=now, limit=ROWS)
        seconds.append(perf_counter() - began)
    return Latencies.of(seconds)


async def _floor(pool: Pool, times: int) -> float:
    seconds = []
    for _ in range(times):
        began = perf_counter()
        await pool.fetchval(FLOOR)
        seconds.append(perf_counter() - began)
    return median(seconds) * 1000
