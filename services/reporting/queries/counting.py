"""What a question counts, spot by spot: from sums and classes where they tell it, else from the facts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg

from services.reporting.domain.apart import Apart, apart, is_whole
from services.reporting.domain.classes import Cell
from services.reporting.domain.definition import FIRST_RESPONSE
from services.reporting.domain.first_response import Acceptance, response_minutes
from services.reporting.domain.grouping import AreaTree, By, Counted, Spot, in_area, tree_of
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.sums import Stray, dimension_of, elsewhere, moved, moved_times, summed, timed
from services.reporting.domain.tally import PARTS, Tally, total
from services.reporting.queries import SQL
from services.reporting.queries.turns import off_the_loop
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.working_time import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A question as it is put to the tables: of each of its periods, told apart by which sums, and by which directory.

    Where no sums tell it, it is told by facts, apart. `strays` are the places that do not lie where their facts say.
    """

    question: Question
    periods: Sequence[Period]
    now: datetime
    tree: AreaTree
    told_by: tuple[str, str | None] | Apart
    strays: Sequence[Stray]

    @property
    def columns(self) -> tuple[Sequence[datetime], Sequence[datetime]]:
        """When each period begins, and until when it is told."""
        return [each.starts for each in self.periods], [each.told_until(self.now) for each in self.periods]

    def within(self, counted: Sequence[Counted]) -> list[Counted]:
        """What lies in the area that is asked for; of facts the tables tell nothing else."""
        area = self.question.area
        if area is None or isinstance(self.told_by, Apart):
            return list(counted)
        return in_area(counted, area, self.tree)


async def counting(
    connection: Connection, directory: Directory, question: Question, periods: Sequence[Period], now: datetime
) -> Counting:
    """How the question is put to the tables."""
    tree, strays = tree_of(directory), []
    told_by, is_summed = dimension_of(question.by, question.narrowed), await connection.fetchval(SQL["is_all_summed"])
    if is_summed and told_by is None and await _is_everywhere(connection, question, tree, now):
        question = replace(question, area=None)
        told_by = dimension_of(question.by, question.narrowed)
    if is_summed and told_by is not None and told_by[0] == By.AREA:
        spots = await connection.fetch(SQL["spots"])
        strays = elsewhere(((row["place"], row["area"]) for row in spots), tree)
    return Counting(
        question=question,
        periods=periods,
        now=now,
        tree=tree,
        told_by=told_by if is_summed and told_by else await asyncio.to_thread(apart, question, tree),
        strays=strays,
    )


async def _is_everywhere(connection: Connection, question: Question, tree: AreaTree, now: datetime) -> bool:
    """Whether it is narrowed to an area in which everything lies that counts, and sums tell it without that."""
    area, narrowed = question.area, {**question.narrowed, By.AREA: None}
    if area is None or dimension_of(question.by, narrowed) is None or not is_whole(area, tree):
        return False
    periods = list(dict.fromkeys([question.period, *question.periods(now)]))
    told_until = [each.told_until(now) for each in periods]
    rows = await connection.fetch(SQL["counts_beside"], [each.starts for each in periods], told_until, list(tree.areas))
    return not any(row[part] for row in rows for part in PARTS)


async def counted(connection: Connection, asked: Counting, calendars: Mapping[str, Calendar]) -> list[Counted]:
    """What counts for the figures that are asked for, and how long it took where one of them tells of that."""
    tallies = asked.within(await tallied(connection, asked))
    if not asked.question.lengths:
        return tallies
    # All of them decide how they are told, so that a figure is the same by itself as among the others.
    lengths = total(each.tally for each in tallies).lengths
    if asked.question.is_told_by_classes(lengths) and await connection.fetchval(SQL["is_timed"]):
        return [*tallies, *asked.within(await _by_classes(connection, asked))]
    return [*tallies, *await _one_by_one(connection, asked, calendars)]


async def tallied(connection: Connection, asked: Counting) -> list[Counted]:
    """How many there are of each part: from the sums, unless two dimensions are asked for at once."""
    periods = asked.periods
    if isinstance(asked.told_by, Apart):
        rows = await connection.fetch(SQL["tallies"], *asked.columns, *_wanted(asked.question, asked.told_by))
        return await off_the_loop(len(rows), partial(_tallies_by_spot, rows, periods))
    dimension, key = asked.told_by
    found = await connection.fetch(SQL["counts"], *asked.columns, dimension, key)
    sums = await off_the_loop(len(found), lambda: [summed(dict(row), dimension, periods) for row in found])
    if not asked.strays:
        return sums
    rows = await connection.fetch(SQL["counts_of_spots"], *asked.columns, *zip(*asked.strays, strict=True))
    return [*sums, *(part for row in rows for part in moved(dict(row), periods))]


async def _by_classes(connection: Connection, asked: Counting) -> list[Counted]:
    """How long everything took, by classes."""
    periods, lengths = asked.periods, asked.question.lengths
    if isinstance(asked.told_by, Apart):
        wanted = _wanted(asked.question, asked.told_by)
        rows = await connection.fetch(SQL["times_apart"], *asked.columns, *wanted, lengths)
        return [Counted(_spot(row, periods), classes={row["part"]: [_cell(row)]}) for row in rows]
    dimension, key = asked.told_by
    found = await connection.fetch(SQL["times"], *asked.columns, dimension, key, lengths)
    times = await off_the_loop(len(found), partial(timed, found, dimension, periods))
    if not asked.strays:
        return times
    strays = zip(*asked.strays, strict=True)
    rows = await connection.fetch(SQL["times_of_spots"], *asked.columns, *strays, lengths)
    return [*times, *(part for row in rows for part in moved_times(dict(row), periods))]


async def _one_by_one(connection: Connection, asked: Counting, calendars: Mapping[str, Calendar]) -> list[Counted]:
    """How long everything took, each as its fact has it: always by facts, also where sums tell the rest."""
    question, told_by = asked.question, asked.told_by
    if not isinstance(told_by, Apart):
        told_by = await asyncio.to_thread(apart, question, asked.tree)
    wanted = _wanted(question, told_by)
    responses: Sequence[asyncpg.Record] = ()
    durations = await connection.fetch(SQL["minutes"], *asked.columns, *wanted, question.lengths)
    if FIRST_RESPONSE in question.lengths:
        responses = await connection.fetch(SQL["first_responses"], *asked.columns, *wanted)
    # Counting working minutes is arithmetic of a few microseconds a case: off the loop, since a year has many cases.
    minutes = await asyncio.to_thread(_minutes_by_spot, responses, asked.periods, calendars)
    return [
        *(Counted(_spot(row, asked.periods), minutes={row["part"]: row["minutes"]}) for row in durations),
        *(Counted(spot, response_minutes=waited) for spot, waited in minutes.items()),
    ]


def _wanted(question: Question, told_by: Apart) -> tuple[Any, ...]:
    """What facts are asked for, in the order of the queries."""
    return told_by.dimensions, *question.only, *told_by.within, *told_by.groups


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


def _tallies_by_spot(rows: Sequence[asyncpg.Record], periods: Sequence[Period]) -> list[Counted]:
    counts: dict[Spot, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(_spot(row, periods), {})[row["part"]] = row["rows"]
    return [Counted(spot, tally=Tally(**parts)) for spot, parts in counts.items()]


def _cell(row: asyncpg.Record) -> Cell:
    return Cell(sign=1, classes=row["classes"], counts=row["counts"], milliseconds=row["milliseconds"])
