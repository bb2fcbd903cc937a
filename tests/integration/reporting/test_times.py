"""The classes tell of the same lengths as the facts, whatever the period, however the events came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from random import Random

import asyncpg
import pytest

from services.reporting.domain.classes import GROWTH, INSTANT, minutes_of
from services.reporting.domain.duration import Duration
from services.reporting.domain.figures import Figures
from services.reporting.domain.first_response import FirstResponse
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.projections import FIGURES, time_all
from services.reporting.queries import SQL
from services.reporting.queries.answers import answer
from shared.contracts.directory import CalendarDefined
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection
from shared.kernel.rebuild import go_back, rebuild
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import Story
from tests.integration.reporting.test_figures import APRIL
from tests.integration.reporting.test_moved import MOVED_AT, moved, publish
from tests.integration.reporting.test_projection import ignore
from tests.integration.reporting.test_sums import DIMENSIONS, periods, tell_bit_by_bit

COUNTED = """
SELECT CASE $3 WHEN 'area' THEN area WHEN 'category' THEN category WHEN 'unit' THEN unit WHEN 'channel' THEN channel
    WHEN 'urgency' THEN urgency END AS key, part, reporting_figures.class_of(minutes) AS class, count(*) AS lengths
FROM reporting_figures.durations
WHERE at >= $1 AND at < $2 AND since < $2 AND until >= $2
GROUP BY 1, 2, 3
"""
YEAR = Period(APRIL.first_day.replace(year=2025), APRIL.first_day.replace(month=6))
STAGES = ("stage_accept", "stage_resolve", "stage_verify", "stage_close", "returned")


async def until_timed(town: Town) -> None:
    """What the service does of itself within seconds of the directory's news; it may be about it."""
    await town.heard()

    async def timed() -> bool:
        async with town.reporting.runtime.pool.acquire() as connection:
            await time_all(connection)
            return bool(await connection.fetchval(SQL["is_timed"]))

    await town.until(timed)


async def by_facts(connection: Connection, starts: datetime, ends: datetime, dimension: str) -> Counter[object]:
    rows = await connection.fetch(COUNTED, starts, ends, dimension)
    return Counter({(row["key"], row["part"], row["class"]): row["lengths"] for row in rows})


async def by_classes(connection: Connection, starts: datetime, ends: datetime, dimension: str) -> Counter[object]:
    counted: Counter[object] = Counter()
    for row in await connection.fetch("SELECT * FROM reporting_figures.times($1, $2, $3)", starts, ends, dimension):
        for class_, count in zip(row["classes"], row["counts"], strict=True):
            counted[row["key"], row["part"], class_] += row["sign"] * count
    return Counter({each: count for each, count in counted.items() if count})


async def both_ways(town: Town, question: Question) -> tuple[Sequence[Figures], Sequence[Figures]]:
    """The figures of the whole and of each group: with every length sorted, and by classes."""
    directory = await town.reporting.directory.current()
    async with town.reporting.runtime.pool.acquire() as connection:
        answers = [
            await answer(connection, directory, replace(question, sorted_max=lengths), NOW) for lengths in (None, 0)
        ]
    exact, told = ([each.total, *(group.figures for group in each.groups)] for each in answers)
    return exact, told


def are_within(exact: Duration, told: Duration) -> bool:
    if exact.count == 0:
        return told == exact
    assert exact.median_minutes is not None
    assert exact.p90_minutes is not None
    median, p90 = told.median_minutes, told.p90_minutes
    return (
        told.count == exact.count
        and told.total_minutes == pytest.approx(exact.total_minutes, abs=0.02)
        and median == pytest.approx(exact.median_minutes, rel=told.within_percent / 100, abs=0.02)
        and p90 == pytest.approx(exact.p90_minutes, rel=told.within_percent / 100, abs=0.02)
    )


def responses_are_within(exact: FirstResponse, told: FirstResponse) -> bool:
    """Rounded to whole minutes besides."""
    if exact.count == 0:
        return told == exact
    return (
        told.count == exact.count
        and told.median_minutes == pytest.approx(exact.median_minutes, rel=told.within_percent / 100, abs=0.5)
        and told.p90_minutes == pytest.approx(exact.p90_minutes, rel=told.within_percent / 100, abs=0.5)
    )


@pytest.mark.parametrize(
    ("seed", "tickets", "asked"),
    [(5, 20, 6), *(pytest.param(seed, 150, 40, marks=pytest.mark.long) for seed in (51, 52))],
)
async def test_the_classes_are_those_of_the_facts(town: Town, seed: int, tickets: int, asked: int) -> None:
    random = Random(seed)  # noqa: S311 - a seed, no secret.
    await until_timed(town)
    await tell_bit_by_bit(town, eventful_stories(seed, tickets), random)

    async with town.reporting.runtime.pool.acquire() as connection:
        for (starts, ends), dimension in product(random.sample(periods(random, asked), asked), DIMENSIONS):
            where = (seed, starts.isoformat(), ends.isoformat(), dimension)
            assert await by_classes(connection, starts, ends, dimension) == await by_facts(
                connection, starts, ends, dimension
            ), where
        told = [await by_classes(connection, YEAR.starts, YEAR.ends, each) for each in DIMENSIONS]
        # Nor does a rebuild make others.
        assert not (await rebuild(connection, FIGURES, clock=SystemClock(), report=ignore)).differences
        assert [await by_classes(connection, YEAR.starts, YEAR.ends, each) for each in DIMENSIONS] == told
    assert told[0]


async def test_times_by_classes_are_within_what_they_say_of_the_exact_ones(town: Town) -> None:
    grid, *_, place = moved()
    await town.tell(*eventful_stories(6, 30), Story(place="nowhere-known").handled())
    await publish(town, grid, place)
    await until_timed(town)

    for by, area in ((By.AREA, None), (By.CATEGORY, None), (By.MONTH, None), (None, "grid"), (By.WEEK, None)):
        exact, told = await both_ways(town, Question(period=YEAR, by=by, area=area))

        assert len(exact) == len(told) > (by is not None)
        for was, now in zip(exact, told, strict=True):
            assert all(are_within(getattr(was, stage), getattr(now, stage)) for stage in STAGES), (by, area)
            assert responses_are_within(was.first_response, now.first_response), (by, area)
        assert told[0].stage_accept.within_percent > exact[0].stage_accept.within_percent == 0


async def test_a_class_is_told_as_one_of_the_lengths_in_it(town: Town) -> None:
    lengths = [0.0, 0.01, 0.02, 0.5, 1.0, 1.5, 7.0, 60.0, 1440.0, 525_600.0]

    classes = await town.reporting.runtime.pool.fetchval(
        "SELECT array_agg(reporting_figures.class_of(each)) FROM unnest($1::float8[]) AS each", lengths
    )

    assert classes[:2] == [INSTANT, INSTANT]
    for length, class_ in zip(lengths[2:], classes[2:], strict=True):
        assert GROWTH ** (class_ - 1) * (1 - 1e-9) <= length <= GROWTH**class_ * (1 + 1e-9)
        assert minutes_of(class_) == pytest.approx(length, rel=0.02 + 1e-9)


async def test_another_calendar_counts_first_responses_anew(town: Town) -> None:
    await town.tell(Story().handled())
    await until_timed(town)
    question = Question(period=APRIL)
    [always], [by_classes_before] = await both_ways(town, question)

    hours = dict.fromkeys(range(1, 8), ((720, 735),))
    await publish(town, CalendarDefined(at=MOVED_AT, id="always", edition=2, hours=hours, years=(2026,)))
    await until_timed(town)

    [seldom], [by_classes_after] = await both_ways(town, question)
    assert always.first_response.median_minutes == by_classes_before.first_response.median_minutes
    assert seldom.first_response.median_minutes == by_classes_after.first_response.median_minutes
    assert seldom.first_response.median_minutes != always.first_response.median_minutes


async def test_lengths_from_before_the_classes_are_sorted_and_then_classed(town: Town) -> None:
    await town.tell(*eventful_stories(8, 10))
    await until_timed(town)
    exact, told = await both_ways(town, Question(period=YEAR))
    pool = town.reporting.runtime.pool
    async with pool.acquire() as connection:
        # As code of before left them.
        for text in (SQL["forget_times"], "DELETE FROM reporting_figures.timed"):
            await connection.execute(text)
        assert not await time_all(connection)
        _, before = await both_ways(town, Question(period=YEAR))
        administrator = await asyncpg.connect(town.reporting.runtime.ground.database_url)
        await administrator.execute("UPDATE reporting.migrations SET at = at - interval '11 minutes'")
        await administrator.close()

        assert await time_all(connection)

        assert not await time_all(connection)
    _, after = await both_ways(town, Question(period=YEAR))
    assert before == exact
    assert after == told != exact


@pytest.mark.long
async def test_tables_that_are_put_back_count_first_responses_by_the_calendars_of_now(town: Town) -> None:
    await town.tell(Story().handled())
    await until_timed(town)
    question = Question(period=APRIL)
    async with town.reporting.runtime.pool.acquire() as connection:
        await rebuild(connection, FIGURES, clock=SystemClock(), report=ignore)
    hours = dict.fromkeys(range(1, 8), ((720, 735),))
    await publish(town, CalendarDefined(at=MOVED_AT, id="always", edition=2, hours=hours, years=(2026,)))
    await until_timed(town)

    async with town.reporting.runtime.pool.acquire() as connection:
        await go_back(connection, FIGURES, clock=SystemClock(), report=ignore)
    await until_timed(town)

    [exact], [told] = await both_ways(town, question)
    assert told.first_response.median_minutes == exact.first_response.median_minutes
    assert told.first_response.within_percent


async def test_a_calendar_that_changes_while_first_responses_are_counted_counts_them_once_more(town: Town) -> None:
    await town.tell(Story().handled())
    await until_timed(town)
    days = range(1, 8)
    seldom = CalendarDefined(
        at=MOVED_AT, id="always", edition=2, hours=dict.fromkeys(days, ((720, 735),)), years=(2026,)
    )
    holder = await asyncpg.connect(town.reporting.runtime.ground.database_url)
    async with holder.transaction():
        # Whoever counts anew has read the calendars when he comes to these.
        await holder.execute("SELECT FROM reporting_figures.times WHERE part = 'first_response' FOR UPDATE")
        await publish(town, seldom)

        async def is_counting() -> bool:
            return bool(await holder.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"))

        await town.until(is_counting)
        always = dict.fromkeys(days, ((0, 1440),))
        again = {"at": MOVED_AT + timedelta(hours=1), "edition": 3, "hours": always}
        await publish(town, seldom.model_copy(update=again))
    await holder.close()
    await until_timed(town)

    [exact], [told] = await both_ways(town, Question(period=APRIL))
    assert told.first_response.median_minutes == exact.first_response.median_minutes
