"""The tickets behind a figure, and those by which a published one is another now."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

import asyncpg

from services.reporting.domain.behind import After, Behind, Corrected, Fact, Page
from services.reporting.domain.definition import Definition, Side
from services.reporting.domain.errors import NotPublishedError
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.sight import Sight
from services.reporting.queries import SQL, publication
from services.reporting.queries.trees import tree_for
from shared.directory import Directory
from shared.kernel.database import Connection


async def corrected_tickets(
    connection: Connection, period: Period, figure: Definition, side: Side, *, sight: Sight, tickets_max: int
) -> Sequence[Corrected]:
    """The tickets by which a side of a published figure is not what it was, as far as somebody sees them.

    Raises:
        NoDenominatorError: the figure has none, and that was asked for.
        NotPublishedError: the month has not been published, or was before the figure was defined.
    """
    part = figure.part(side)
    told = await publication(connection, period)
    if told is None or figure.id in told.total.untold:
        raise NotPublishedError
    rows = await connection.fetch(
        SQL["corrected_tickets"],
        period.first_day,
        period.starts,
        period.ends,
        list(part.names),
        tickets_max,
        *_seen_by(sight),
        list(part.without),
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

    @property
    def names(self) -> Sequence[str]:
        """What rows carry that stand there: lengths where it tells how long something took.

        Raises:
            NoDenominatorError: the figure has none, and that was asked for.
        """
        counted = self.figure.part(self.side).names
        return self.figure.lengths or counted

    @property
    def without(self) -> Sequence[str]:
        """What rows carry that do not stand there, though they carry one of the names."""
        return self.figure.part(self.side).without


async def tickets_behind(connection: Connection, directory: Directory, opening: Opening, now: datetime) -> Page:
    """The tickets behind a figure.

    Raises:
        NoDenominatorError: the figure has none, and that was asked for.
        UnknownAreaError: the directory has no such area.
    """
    question, after = opening.question, opening.after
    names = list(opening.names)
    until = question.period.told_until(now)
    ends = min(after.told_until, until) if after else until
    row = (after.at, after.ticket, after.fact, after.key) if after else (None,) * 4
    within = _within(question.area, await tree_for(connection, directory, question, now))
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
        list(opening.without),
    )
    rows = [each for each in found if each["ticket"] is not None]
    more, shown = len(rows) > opening.rows_max, rows[: opening.rows_max]
    return Page(
        total=found[0]["rows"],
        seen=found[0]["seen"],
        as_of=ends,
        rows=[_behind(row, opening.figure) for row in shown],
        next=_after(shown[-1], ends) if more else None,
    )


def _behind(row: asyncpg.Record, figure: Definition) -> Behind:
    """A row as it stands behind a figure: how long it took is told where the figure is of that alone."""
    behind = Behind(**{each.name: row[each.name] for each in fields(Behind)} | {"fact": Fact(row["fact"])})
    return behind if figure.lengths else replace(behind, minutes=None)


def _after(row: asyncpg.Record, ends: datetime) -> After:
    return After(told_until=ends, at=row["at"], ticket=row["ticket"], fact=row["fact"], key=row["key"])


def _within(area: str | None, directory: Directory) -> tuple[list[str] | None, list[str], list[str]]:
    """The places and areas that lie in an area, and every place that the directory knows."""
    if area is None:
        return None, [], []
    places = [place.id for place in directory.places.values() if area in place.path]
    areas = [each.id for each in directory.areas.values() if area in each.path]
    return places, areas, list(directory.places)
