"""The figures' rows as typed results."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import asyncpg

from services.reporting.domain.errors import UnknownAreaError
from services.reporting.domain.figures import Figures, figures_of
from services.reporting.domain.first_response import Acceptance, response_minutes
from services.reporting.domain.grouping import AreaTree, By, Counted, Spot, grouped, in_area
from services.reporting.domain.period import Period
from services.reporting.domain.tally import Tally
from shared.contracts.directory import AreaLevel, Name
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.kernel.queries import Queries
from shared.working_time import Calendar

SQL = Queries.load(Path(__file__).parent / "sql" / "queries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know: about which time, told apart by what, within which area."""

    period: Period
    by: By | None = None
    level: AreaLevel = AreaLevel.COMMUNITY
    area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One row of the answer. A group that is too small is shown and not ranked."""

    key: str | None
    name: Name | None
    ranked: bool
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The figures asked for, as of a moment."""

    question: Question
    as_of: datetime
    total: Figures
    groups: Sequence[Group] = ()


async def answer(connection: Connection, directory: Directory, question: Question, now: datetime) -> Answer:
    """The figures, all of one snapshot of the tables.

    Raises:
        UnknownAreaError: the directory has no such area.
    """
    if question.area is not None and question.area not in directory.areas:
        raise UnknownAreaError
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        whole = await _counted(connection, directory, question, [question.period], now)
        parts = whole
        if question.by is By.DAY:
            parts = await _counted(connection, directory, question, question.period.days(now), now)
    _, total = figures_of(whole)
    groups = _groups(question, parts, directory) if question.by else []
    return Answer(question=question, as_of=question.period.told_until(now), total=total, groups=groups)


async def message_counts(connection: Connection, period: Period) -> Mapping[tuple[str, str | None], int]:
    """What became of the period's messages, by event and, where one was kept back, by reason."""
    rows = await connection.fetch(SQL["message_counts"], period.starts, period.ends)
    return {(row["event"], row["reason"]): row["messages"] for row in rows}


async def _counted(
    connection: Connection, directory: Directory, question: Question, periods: Sequence[Period], now: datetime
) -> list[Counted]:
    columns = [each.starts for each in periods], [each.told_until(now) for each in periods]
    tallies = await connection.fetch(SQL["tallies"], *columns)
    responses = await connection.fetch(SQL["first_responses"], *columns)
    # Counting working minutes is arithmetic of a few microseconds a case: off the loop, since a year has many cases.
    minutes = await asyncio.to_thread(_minutes_by_spot, responses, periods, directory)
    counted = [
        *(Counted(_spot(row, periods), tally=_tally(row)) for row in tallies),
        *(Counted(spot, response_minutes=waited) for spot, waited in minutes.items()),
    ]
    return counted if question.area is None else in_area(counted, question.area, tree_of(directory))


def _minutes_by_spot(
    rows: Sequence[asyncpg.Record], periods: Sequence[Period], directory: Directory
) -> dict[Spot, list[int]]:
    calendars = calendars_by_unit(directory)
    waited: dict[Spot, list[int]] = {}
    for row in rows:
        acceptance = Acceptance(unit=row["unit"], opened_at=row["opened_at"], accepted_at=row["accepted_at"])
        minutes = response_minutes(acceptance, calendars)
        if minutes is not None:
            waited.setdefault(_spot(row, periods), []).append(minutes)
    return waited


def calendars_by_unit(directory: Directory) -> dict[str, Calendar]:
    """The working time of each unit whose calendar is known."""
    calendars = {
        each.id: Calendar(
            hours=each.hours, days_off=each.days_off, make_up_workdays=each.make_up_workdays, years=each.years
        )
        for each in directory.calendars.values()
    }
    return {unit.id: calendars[unit.calendar] for unit in directory.units.values() if unit.calendar in calendars}


def tree_of(directory: Directory) -> AreaTree:
    """What lies in what."""
    return AreaTree(directory.areas, directory.places)


def _groups(question: Question, parts: Sequence[Counted], directory: Directory) -> list[Group]:
    by = question.by or By.AREA
    groups = grouped(parts, by, tree=tree_of(directory), level=question.level)
    keys = sorted(groups, key=lambda key: (key is None, key or ""))
    return [_group(key, groups[key], by, directory) for key in keys]


def _group(key: str | None, parts: Sequence[Counted], by: By, directory: Directory) -> Group:
    tally, told = figures_of(parts)
    return Group(key=key, name=_name(key, by, directory), ranked=tally.may_be_ranked, figures=told)


def _name(key: str | None, by: By, directory: Directory) -> Name | None:
    """What people call it; a day is its own name."""
    match by:
        case By.AREA:
            area = directory.areas.get(key or "")
            return area.name if area else None
        case By.CATEGORY:
            category = directory.categories.get(key or "")
            return category.name if category else None
        case By.DAY:
            return None


def _spot(row: asyncpg.Record, periods: Sequence[Period]) -> Spot:
    day = periods[row["number"] - 1].first_day
    return Spot(day=day, place=row["place"], area=row["area"], category=row["category"])


def _tally(row: asyncpg.Record) -> Tally:
    return Tally(**{each.name: row[each.name] for each in fields(Tally)})
