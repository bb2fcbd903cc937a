"""What `GET /api/v1/figures` asks the tables, of a month, the running month and a year, at 10,000 to a million tickets.

All figures are asked for at once, those of time (median and p90 of each stage, first response) with the rest: of the
whole, and by area, month and category. By unit, of which there are three an area, they are measured by themselves. The
floor is to read one sum by its index.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from itertools import product
from statistics import median
from time import perf_counter

from bench.district import NOW, district, tree
from bench.results import Latencies, Result, result
from bench.scale import Scale
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.queries import answer
from shared.kernel.database import Connection

PERIODS = (
    Period.of_month(2026, 4),
    Period(date(2026, 11, 1), date(2026, 12, 1)),
    Period(date(2025, 12, 1), date(2026, 12, 1)),
)
QUESTIONS = [Question(period=period, by=by) for period, by in product(PERIODS, (None, By.AREA, By.MONTH, By.CATEGORY))]
BY_UNIT = [Question(period=period, by=By.UNIT) for period in PERIODS]
FLOOR = """
SELECT received FROM reporting_figures.sums
WHERE dimension = 'all' AND grain = 'month' AND at = '2026-04-01' AND moment = '2026-04-01' AND key IS NULL
"""


async def measure(scale: Scale) -> list[Result]:
    """The benchmarks `figure_query` and `figure_query_by_unit`: p95, and how they grow with the tickets."""
    results: list[Result] = []
    asked: list[float] = []
    for tickets in scale.district_tickets:
        async with district(tickets) as connection:
            floor = await _seconds(connection, scale.rounds * 20, _read_floor, [QUESTIONS[0]])
            reference = ("a sum read by its index, p50", median(floor) * 1000)
            for name, questions in (("figure_query", QUESTIONS), ("figure_query_by_unit", BY_UNIT)):
                told = Latencies.of(await _seconds(connection, scale.rounds * 2, _ask, questions))
                title = f"{name}_{tickets}"
                results.append(result(title, value=told.p95_ms, unit="ms (p95)", reference=reference, latencies=told))
                asked += [told.p95_ms] if name == "figure_query" else []
    name = f"figure_query_growth_{scale.district_tickets[-1]}_over_{scale.district_tickets[0]}"
    growth = ("p95 at the fewest tickets", asked[0])
    return [*results, result(name, value=asked[-1] / asked[0], unit="times", reference=growth, ratio=None)]


async def _seconds(
    connection: Connection,
    rounds: int,
    ask: Callable[[Connection, Question], Awaitable[object]],
    questions: Sequence[Question],
) -> list[float]:
    seconds = []
    for question in [*questions] * rounds:
        began = perf_counter()
        await ask(connection, question)
        seconds.append(perf_counter() - began)
    return seconds


async def _read_floor(connection: Connection, _question: Question) -> object:
    return await connection.fetchval(FLOOR)


async def _ask(connection: Connection, question: Question) -> object:
    return await answer(connection, TREE, question, NOW)


TREE = tree()
