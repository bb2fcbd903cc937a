"""The sums tell what counting the facts behind them tells, whatever the period, however the events came."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import asyncpg
import pytest

from services.reporting.domain.tally import PARTS
from services.reporting.projections import FIGURES, sum_all
from services.reporting.queries import SQL
from shared.contracts.routing import CaseEvent
from shared.kernel.database import Connection
from tests.integration.reporting.conftest import Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import DAY, HOUR, OPENED_AT, Story
from tests.integration.reporting.test_moved import moved, publish

DIMENSIONS = ("all", "area", "category", "unit", "channel", "urgency")
MIDNIGHT = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
LAST_DAY = 230
COUNTED = """
SELECT CASE $3 WHEN 'area' THEN area WHEN 'category' THEN category WHEN 'unit' THEN unit WHEN 'channel' THEN channel
    WHEN 'urgency' THEN urgency END AS key, part, count(*) AS rows
FROM reporting_figures.behind($1, $2)
CROSS JOIN LATERAL unnest(parts) AS part
GROUP BY 1, 2
"""


async def by_facts(connection: Connection, starts: datetime, ends: datetime, dimension: str) -> Counter[object]:
    rows = await connection.fetch(COUNTED, starts, ends, dimension)
    return Counter({(row["key"], row["part"]): row["rows"] for row in rows})


async def by_sums(connection: Connection, starts: datetime, ends: datetime, dimension: str) -> Counter[object]:
    rows = await connection.fetch("SELECT * FROM reporting_figures.counts($1, $2, $3)", starts, ends, dimension)
    return Counter({(row["key"], part): int(row[part]) for row in rows for part in PARTS if row[part]})


def periods(random: Random, count: int) -> Sequence[tuple[datetime, datetime]]:
    """Whole days, weeks and months, and such as still run: they end within their last day."""
    found = []
    for _ in range(count):
        first, last = sorted(random.sample(range(LAST_DAY), 2))
        ends = MIDNIGHT + last * DAY + random.choice([timedelta(), timedelta(seconds=random.randint(1, 86_399))])
        found.append((MIDNIGHT + first * DAY, ends))
    months = [datetime.fromisoformat(f"2026-{month:02}-01T00:00:00+08:00") for month in range(1, 9)]
    return [*found, *((starts, ends) for number, starts in enumerate(months) for ends in months[number + 1 :])]


async def tell_bit_by_bit(town: Town, stories: Sequence[Story], random: Random) -> None:
    """Each stream in its order, beside the others in none: what was counted has to be taken back again and again.

    What changed is brought into the sums now and then, so that figures are told from both.
    """
    waiting: list[tuple[Story, list[CaseEvent]]] = [(story, list(story.routing)) for story in stories]
    told_first = [story for story in stories if random.random() < 0.5]
    for story in told_first:
        await town.intake.publish(f"ticket-{story.ticket}", *story.intake)
    while waiting:
        for story, left in waiting:
            share = random.randint(1, 4)
            await town.routing.publish(f"case-{story.ticket}", *left[:share])
            del left[:share]
        waiting = [(story, left) for story, left in waiting if left]
        await town.heard()
        async with town.reporting.runtime.pool.acquire() as connection, connection.transaction():
            await FIGURES.settle(connection)
    for story in (story for story in stories if story not in told_first):
        await town.intake.publish(f"ticket-{story.ticket}", *story.intake)
    for message in (message for story in stories for message in story.notify):
        await town.notify.publish(f"notification-{message.notification_id}", message)
    await town.heard()


@pytest.mark.parametrize(
    ("seed", "tickets", "asked"),
    [(3, 25, 8), *(pytest.param(seed, 200, 60, marks=pytest.mark.long) for seed in (41, 42, 43))],
)
async def test_the_sums_are_the_facts_counted(town: Town, seed: int, tickets: int, asked: int) -> None:
    random = Random(seed)  # noqa: S311 - a seed, no secret.
    await tell_bit_by_bit(town, eventful_stories(seed, tickets), random)

    async with town.reporting.runtime.pool.acquire() as connection:
        for starts, ends in periods(random, asked):
            for dimension in DIMENSIONS:
                where = (seed, starts.isoformat(), ends.isoformat(), dimension)
                assert await by_sums(connection, starts, ends, dimension) == await by_facts(
                    connection, starts, ends, dimension
                ), where
        assert await connection.fetchval("SELECT count(*) FROM reporting_figures.sums WHERE facts < 0") == 0


async def test_facts_from_before_the_sums_are_counted_and_then_summed(town: Town) -> None:
    await town.tell(*eventful_stories(9, 30))
    told = await town.figures(by="category")
    pool = town.reporting.runtime.pool
    async with pool.acquire() as connection:
        # As code of before left them: it writes no sums, and knows nothing of repeats and messages.
        for text in (SQL["forget_sums"], "DELETE FROM reporting_figures.summed"):
            await connection.execute(text)
        assert not await sum_all(connection)
        counted = await town.figures(by="category")
        await town.tell(*eventful_stories(10, 5))
        late = await town.figures(by="category")
        administrator = await asyncpg.connect(town.reporting.runtime.ground.database_url)
        await administrator.execute("UPDATE reporting.migrations SET at = at - interval '11 minutes'")
        await administrator.close()

        assert await sum_all(connection)

        assert not await sum_all(connection)
    summed = await town.figures(by="category")
    figures = ("total", "groups")
    assert [counted[each] for each in figures] == [told[each] for each in figures]
    assert [summed[each] for each in figures] == [late[each] for each in figures]
    assert summed["total"]["delivery_rate"]["denominator"] > 0
    assert summed["total"]["repeat_reports"]["numerator"] > 0


async def test_a_report_that_is_heard_late_makes_the_next_one_of_its_place_a_repeat(town: Town) -> None:
    first, late = Story(opened_at=OPENED_AT + 2 * HOUR), Story()
    await town.tell(first)
    before = (await town.figures())["total"]["repeat_reports"]["numerator"]

    await town.tell(late)

    repeats = (await town.ask_behind("repeat_reports", **{"from": "2026-04-01", "to": "2026-05-01"})).json()["tickets"]
    after = (await town.figures())["total"]["repeat_reports"]["numerator"]
    assert (before, after) == (0, 1)
    assert [each["ticket"] for each in repeats] == [str(first.ticket)]


async def test_a_place_counts_where_the_directory_says_that_it_lies(town: Town) -> None:
    await town.tell(Story(place="nowhere-known"), Story())
    grid, *_, place = moved()
    await publish(town, grid, place)

    groups = (await town.figures(by="area", level="grid"))["groups"]
    narrowed = (await town.figures(area="grid-2"))["total"]["received"]

    assert [(each["key"], each["figures"]["received"]) for each in groups] == [("grid", 1), ("grid-2", 1)]
    assert narrowed == 1
