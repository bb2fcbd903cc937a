"""What a question counts, spot by spot: from sums and classes where they tell it, else from the facts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.reporting.domain.definition import FIRST_RESPONSE
from services.reporting.domain.first_response import Acceptance, response_minutes
from services.reporting.domain.grouping import AreaTree, By, Counted, Spot, in_area, tree_of
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.sums import Stray, dimension_of, elsewhere, moved, moved_times, summed, timed
from services.reporting.domain.tally import Tally, total
from services.reporting.queries import SQL
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.working_time import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A question as it is put to the tables: of each of its periods, told apart by which sums, and by which directory.

    `told_by` is none where no sums tell it; `strays` are the places that do not lie where their facts say.
    """

    question: Question
    periods: Sequence[Period]
    now: datetime
    tree: AreaTree
    told_by: tuple[str, str | None] | None
    strays: Sequence[Stray]

    @property
    def columns(self) -> tuple[Sequence[datetime], Sequence[datetime]]:
        """When each period begins, and until when it is told."""
        return [each.starts for each in self.periods], [each.told_until(self.now) for each in self.periods]

    def within(self, counted: Sequence[Counted]) -> list[Counted]:
        """What lies in the area that is asked for."""
        area = self.question.area
        return list(counted) if area is None else in_area(counted, area, self.tree)


async def counting(
    connection: Connection, directory: Directory, question: Question, periods: Sequence[Period], now: datetime
) -> Counting:
    """How the question is put to the tables."""
    told_by, tree, strays = dimension_of(question.by, question.narrowed), tree_of(directory), []
    if told_by is not None and not await connection.fetchval(SQL["is_all_summed"]):
        told_by = None
    if told_by is not None and told_by[0] == By.AREA:
        spots = await connection.fetch(SQL["spots"])
        strays = elsewhere(((row["place"], row["area"]) for row in spots), tree)
    return Counting(question=question, periods=periods, now=now, tree=tree, told_by=told_by, strays=strays)


async def counted(connection: Connection, asked: Counting, calendars: Mapping[str, Calendar]) -> list[Counted]:
    """What counts for the figures that are asked for, and how long it took where one of them tells of that."""
    tallies = asked.within(await tallied(connection, asked))
    if not asked.question.lengths:
        return tallies
    # All of them decide how they are told, so that a figure is the same by itself as among the others.
    lengths = total(each.tally for each in tallies).lengths
    if (
        asked.told_by is not None
        and asked.question.is_told_by_classes(lengths)
        and await connection.fetchval(SQL["is_timed"])
    ):
        return [*tallies, *asked.within(await _by_classes(connection, asked, *asked.told_by))]
    return [*tallies, *asked.within(await _one_by_one(connection, asked, calendars))]


async def tallied(connection: Connection, asked: Counting) -> list[Counted]:
    """How many there are of each part: from the sums, unless two dimensions are asked for at once."""
    question, periods = asked.question, asked.periods
    if asked.told_by is None:
        rows = await connection.fetch(SQL["tallies"], *asked.columns, _apart(question), *question.only)
        return [Counted(_spot(row, periods), tally=Tally(**{row["part"]: row["rows"]})) for row in rows]
    dimension, key = asked.told_by
    found = await connection.fetch(SQL["counts"], *asked.columns, dimension, key)
    sums = [summed(dict(row), dimension, periods) for row in found]
    if not asked.strays:
        return sums
    rows = await connection.fetch(SQL["counts_of_spots"], *asked.columns, *zip(*asked.strays, strict=True))
    return [*sums, *(part for row in rows for part in moved(dict(row), periods))]


async def _by_classes(connection: Connection, asked: Counting, dimension: str, key: str | None) -> list[Counted]:
    """How long everything took, by classes."""
    found = await connection.fetch(SQL["times"], *asked.columns, dimension, key, asked.question.lengths)
    times = timed(found, dimension, asked.periods)
    if not asked.strays:
        return times
    strays = zip(*asked.strays, strict=True)
    rows = await connection.fetch(SQL["times_of_spots"], *asked.columns, *strays, asked.question.lengths)
    return [*times, *(part for row in rows for part in moved_times(dict(row), asked.periods))]


async def _one_by_one(connection: Connection, asked: Counting, calendars: Mapping[str, Calendar]) -> list[Counted]:
    """How long everything took, each as its fact has it."""
    question, periods = asked.question, asked.periods
    wanted = (_apart(question), *question.only)
    durations = await connection.fetch(SQL["minutes"], *asked.columns, *wanted, question.lengths)
    responses: Sequence[asyncpg.Record] = ()
    if FIRST_RESPONSE in question.lengths:
        responses = await connection.fetch(SQL["first_responses"], *asked.columns, *question.only)
    # Counting working minutes is arithmetic of a few microseconds a case: off the loop, since a year has many cases.
    minutes = await asyncio.to_thread(_minutes_by_spot, responses, periods, calendars)
    return [
        *(Counted(_spot(row, periods), minutes={row["part"]: row["minutes"]}) for row in durations),
        *(Counted(spot, response_minutes=waited) for spot, waited in minutes.items()),
    ]


def _apart(question: Question) -> list[str]:
    """What the tables are to tell apart: the fewer, the less there is to read."""
    wanted = {"area"} if question.area is not None else set()
    if question.by is not None and not question.by.is_time:
        wanted.add(question.by)
    return sorted(wanted)


def _minutes_by_spot(
    rows: Sequence[asyncpg.Record], periods: Sequence[Period], calendars: Mapping[str, Calendar]
) -> dict[Spot, list[int]]:
    waited: dict[Spot, list[int]] = {}
    for row in rows:
        acceptance = Acceptance(unit=row["unit"], opened_at=row["opened_at"], accepted_at=row["accepted_at"])
        minutes = response_minutes(acceptance, calendars)
        if minutes is not None:
            waited.setdefault(_spot(row, periods), []).append(minutes)
    return waited


def _spot(row: asyncpg.Record, periods: Sequence[Period]) -> Spot:
    columns = ("place", "area", "category", "unit", "channel", "urgency")
    return Spot(day=periods[row["number"] - 1].first_day, **{column: row[column] for column in columns})
