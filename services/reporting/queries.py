"""The figures' rows as typed results."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

import asyncpg
from pydantic import TypeAdapter

from services.reporting.domain import first_response
from services.reporting.domain.behind import After, Behind, Corrected, Page
from services.reporting.domain.definition import Definition, DurationDefinition, Part, RateDefinition, Side
from services.reporting.domain.errors import NotPublishedError, UnknownAreaError
from services.reporting.domain.figures import Figures, figures_of
from services.reporting.domain.first_response import Acceptance, calendars_by_unit, response_minutes
from services.reporting.domain.grouping import (
    AreaTree,
    By,
    Counted,
    Spot,
    Tree,
    grouped,
    in_area,
    name_of,
    tree_of,
)
from services.reporting.domain.period import Period
from services.reporting.domain.publication import Group, Publication
from services.reporting.domain.question import Question
from services.reporting.domain.sight import Sight
from services.reporting.domain.sums import Stray, dimension_of, elsewhere, moved, moved_times, summed, timed
from services.reporting.domain.tally import Tally, total
from shared.contracts.codec import decode
from shared.contracts.directory import (
    AreaDefined,
    CategoryDefined,
    DirectoryRecord,
    PlaceDefined,
    UnitDefined,
)
from shared.directory import Directory
from shared.kernel.database import Connection
from shared.kernel.queries import Queries
from shared.working_time import Calendar

_, NO_FIGURES = figures_of(())
PUBLICATION = TypeAdapter(Publication)
SQL = Queries.load(Path(__file__).parent / "sql" / "queries")
EXPORTED_AT_ONCE = 2_000
# What is told of a ticket in a column of an export.
Told = str | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The figures asked for, as of a moment."""

    question: Question
    as_of: datetime
    total: Figures
    groups: Sequence[Group] = ()
    # When the newest event happened that these figures know of, and how old it was when they were told.
    newest_event_at: datetime | None = None
    newest_event_age_s: float | None = None
    # What was published of the same month and groups.
    published: Publication | None = None


def sql_of(figure: Definition) -> str:
    """The query that counts a figure, as somebody may run it: `$1` is the period's first moment, `$2` that after it."""
    if figure is first_response.FIGURE:
        return SQL["first_responses"]
    parts = _literal(figure.numerator)
    match figure:
        case RateDefinition():
            return SQL["figure_rate"].replace("$3", parts).replace("$4", _literal(figure.denominator))
        case DurationDefinition():
            return SQL["figure_duration"].replace("$3", parts)
        case _:
            return SQL["figure_count"].replace("$3", parts)


def _literal(part: Part) -> str:
    return f"'{{{', '.join(part.names)}}}'"


async def answer(connection: Connection, directory: Directory, question: Question, now: datetime) -> Answer:
    """The figures, all of one snapshot of the tables.

    Raises:
        UnknownAreaError: the directory has no such area.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await answer_within(connection, directory, question, now)


async def answer_within(connection: Connection, directory: Directory, question: Question, now: datetime) -> Answer:
    """The same in the caller's transaction."""
    tree = await _tree(connection, directory, question, now)
    calendars = calendars_by_unit(directory)
    asked = await counting(connection, tree, question, [question.period], now)
    whole = await _counted(connection, asked, calendars)
    parts = whole
    if question.by is not None and question.by.is_time:
        parts = await _counted(connection, replace(asked, periods=question.periods(now)), calendars)
    _, of_all = figures_of(whole)
    groups = _groups(question, parts, tree) if question.by else []
    published = await publication(connection, question.period) if question.is_published else None
    newest = await connection.fetchval(SQL["newest_event"])
    return Answer(
        question=question,
        as_of=question.period.told_until(now),
        total=of_all,
        groups=groups,
        newest_event_at=newest,
        newest_event_age_s=None if newest is None else max(0.0, (now - newest).total_seconds()),
        published=published,
    )


async def _tree(connection: Connection, directory: Directory, question: Question, now: datetime) -> Directory:
    """The directory that areas and names are taken from.

    Raises:
        UnknownAreaError: it has no such area.
    """
    if question.tree is Tree.THEN:
        rows = await connection.fetch(SQL["directory_then"], question.period.told_until(now))
        directory = directory_of([decode(row["type"], row["schema_version"], row["body"]) for row in rows])
    if question.area is not None and question.area not in directory.areas:
        raise UnknownAreaError
    return directory


def directory_of(records: Sequence[DirectoryRecord]) -> Directory:
    """The directory that these records tell."""
    return Directory(
        areas={each.id: each for each in records if isinstance(each, AreaDefined)},
        places={each.id: each for each in records if isinstance(each, PlaceDefined)},
        units={each.id: each for each in records if isinstance(each, UnitDefined)},
        categories={each.id: each for each in records if isinstance(each, CategoryDefined)},
    )


async def publication(connection: Connection, period: Period) -> Publication | None:
    """What was published of a month."""
    told = await connection.fetchval(SQL["published_month"], period.first_day)
    return None if told is None else PUBLICATION.validate_json(told)


async def corrected_tickets(
    connection: Connection, period: Period, part: Part, *, sight: Sight, tickets_max: int
) -> Sequence[Corrected]:
    """The tickets by which a part of a published month is not what it was, as far as somebody sees them.

    Raises:
        NotPublishedError: the month has not been published.
    """
    if await publication(connection, period) is None:
        raise NotPublishedError
    rows = await connection.fetch(
        SQL["corrected_tickets"],
        period.first_day,
        period.starts,
        period.ends,
        list(part.names),
        tickets_max,
        *_seen_by(sight),
    )
    return [Corrected(**row) for row in rows]


def _seen_by(sight: Sight) -> tuple[list[str] | None, list[str] | None]:
    """Whose units' and which areas' rows are read; none for all."""
    if sight.units is None or sight.areas is None:
        return None, None
    return list(sight.units), list(sight.areas)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A figure that is opened into the tickets behind it: which side, narrowed how, from where on."""

    figure: Definition
    side: Side
    question: Question
    rows_max: int
    sight: Sight
    after: After | None = None


async def tickets_behind(connection: Connection, directory: Directory, opening: Opening, now: datetime) -> Page:
    """The tickets behind a figure.

    Raises:
        NoDenominatorError: the figure has none, and that was asked for.
        UnknownAreaError: the directory has no such area.
    """
    question, after = opening.question, opening.after
    names = list(opening.figure.part(opening.side).names)
    until = question.period.told_until(now)
    ends = min(after.told_until, until) if after else until
    row = (after.at, after.ticket, after.fact, after.key) if after else (None,) * 4
    within = _within(question.area, await _tree(connection, directory, question, now))
    found = await connection.fetch(
        SQL["behind_figure"],
        question.period.starts,
        ends,
        names,
        *question.only,
        *within,
        *row,
        opening.rows_max + 1,
        *_seen_by(opening.sight),
    )
    rows = [each for each in found if each["ticket"] is not None]
    more, shown = len(rows) > opening.rows_max, rows[: opening.rows_max]
    return Page(
        total=found[0]["rows"],
        seen=found[0]["seen"],
        as_of=ends,
        rows=[Behind(**{each.name: row[each.name] for each in fields(Behind)}) for row in shown],
        next=_after(shown[-1], ends) if more else None,
    )


def _after(row: asyncpg.Record, ends: datetime) -> After:
    return After(told_until=ends, at=row["at"], ticket=row["ticket"], fact=row["fact"], key=row["key"])


def _within(area: str | None, directory: Directory) -> tuple[list[str] | None, list[str], list[str]]:
    """The places and areas that lie in an area, and every place that the directory knows."""
    if area is None:
        return None, [], []
    places = [place.id for place in directory.places.values() if area in place.path]
    areas = [each.id for each in directory.areas.values() if area in each.path]
    return places, areas, list(directory.places)


async def count_tickets(connection: Connection, period: Period) -> int:
    """How many tickets were reported in a period."""
    return int(await connection.fetchval(SQL["count_tickets"], period.starts, period.ends))


async def exported_tickets(connection: Connection, period: Period) -> AsyncIterator[list[tuple[Told, ...]]]:
    """The tickets of a period with the moment of each stage, so many at a time, all as they stood at one moment.

    It needs a transaction around it.
    """
    cursor = await connection.cursor(SQL["export_tickets"], period.starts, period.ends)
    while rows := await cursor.fetch(EXPORTED_AT_ONCE):
        yield [tuple(row) for row in rows]


async def exported_columns(connection: Connection) -> Sequence[str]:
    """What is told of each."""
    prepared = await connection.prepare(SQL["export_tickets"])
    return [each.name for each in prepared.get_attributes()]


async def message_counts(connection: Connection, period: Period) -> Mapping[tuple[str, str | None], int]:
    """What became of the period's messages, by event and, where one was kept back, by reason."""
    rows = await connection.fetch(SQL["message_counts"], period.starts, period.ends)
    return {(row["event"], row["reason"]): row["messages"] for row in rows}


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


async def _counted(connection: Connection, asked: Counting, calendars: Mapping[str, Calendar]) -> list[Counted]:
    tallies = asked.within(await tallied(connection, asked))
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
    found = await connection.fetch(SQL["times"], *asked.columns, dimension, key)
    times = timed(found, dimension, asked.periods)
    if not asked.strays:
        return times
    rows = await connection.fetch(SQL["times_of_spots"], *asked.columns, *zip(*asked.strays, strict=True))
    return [*times, *(part for row in rows for part in moved_times(dict(row), asked.periods))]


async def _one_by_one(connection: Connection, asked: Counting, calendars: Mapping[str, Calendar]) -> list[Counted]:
    """How long everything took, each as its fact has it."""
    question, periods = asked.question, asked.periods
    durations = await connection.fetch(SQL["minutes"], *asked.columns, _apart(question), *question.only)
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


def _groups(question: Question, parts: Sequence[Counted], directory: Directory) -> list[Group]:
    by = question.by or By.AREA
    groups = grouped(parts, by, tree=tree_of(directory), level=question.level)
    keys = sorted(groups, key=lambda key: (key is None, key or ""))
    told = ((key, *figures_of(groups[key])) for key in keys)
    # Where sums cancel each other out there is no group: what was there was undone within the period, or moved.
    return [_group(key, tally, figures, by, directory) for key, tally, figures in told if figures != NO_FIGURES]


def _group(key: str | None, tally: Tally, told: Figures, by: By, directory: Directory) -> Group:
    return Group(key=key, name=name_of(key, by, directory), ranked=tally.may_be_ranked, figures=told)


def _spot(row: asyncpg.Record, periods: Sequence[Period]) -> Spot:
    columns = ("place", "area", "category", "unit", "channel", "urgency")
    return Spot(day=periods[row["number"] - 1].first_day, **{column: row[column] for column in columns})
