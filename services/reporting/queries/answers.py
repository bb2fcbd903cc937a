"""The figures asked for, all of one snapshot of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import asyncpg

from services.reporting.domain.apart import Apart
from services.reporting.domain.errors import TooMuchAtOnceError
from services.reporting.domain.figures import NO_FIGURES, Figures, figures_of
from services.reporting.domain.first_response import calendars_by_unit
from services.reporting.domain.grouping import By, Counted, grouped, name_of, tree_of
from services.reporting.domain.publication import Group, Publication, Unpublished, is_month
from services.reporting.domain.question import Question
from services.reporting.domain.tally import Tally
from services.reporting.queries import SQL, publication
from services.reporting.queries.counting import counted, counting
from services.reporting.queries.trees import tree_for
from services.reporting.queries.turns import off_the_loop
from shared.contracts.directory import AreaLevel
from shared.directory import Directory
from shared.kernel.database import Connection


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
    # What was published of the same month and groups, or why nothing was.
    published: Publication | None = None
    unpublished: Unpublished | None = None


async def answer(
    connection: Connection,
    directory: Directory,
    question: Question,
    now: datetime,
    *,
    facts_within_s: float | None = None,
) -> Answer:
    """The figures, all of one snapshot of the tables; none of what facts are asked for may take longer than so.

    Raises:
        TooMuchAtOnceError: it did.
        UnknownAreaError: the directory has no such area.
    """
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await answer_within(connection, directory, question, now, facts_within_s=facts_within_s)
    except asyncpg.QueryCanceledError:
        if facts_within_s is None:
            raise
        raise TooMuchAtOnceError from None


async def answer_within(
    connection: Connection,
    directory: Directory,
    question: Question,
    now: datetime,
    *,
    facts_within_s: float | None = None,
) -> Answer:
    """The same in the caller's transaction."""
    tree = await tree_for(connection, directory, question, now)
    calendars = calendars_by_unit(directory)
    asked = await counting(connection, tree, question, [question.period], now)
    if isinstance(asked.told_by, Apart) and facts_within_s is not None:
        await connection.execute(SQL["give_up_after"], str(round(facts_within_s * 1000)))
    whole = await counted(connection, asked, calendars)
    parts = whole
    if question.by is not None and question.by.is_time:
        parts = await counted(connection, replace(asked, periods=question.periods(now)), calendars)
    of_all, groups = await off_the_loop(len(whole) + len(parts), partial(_told, question, whole, parts, tree))
    told = await _published(connection, question, tree)
    newest = await connection.fetchval(SQL["newest_event"])
    return Answer(
        question=question,
        as_of=question.period.told_until(now),
        total=of_all,
        groups=groups,
        newest_event_at=newest,
        newest_event_age_s=None if newest is None else max(0.0, (now - newest).total_seconds()),
        published=told if isinstance(told, Publication) else None,
        unpublished=told if isinstance(told, Unpublished) else None,
    )


async def _published(connection: Connection, question: Question, directory: Directory) -> Publication | Unpublished:
    """What was published of what is asked for; of what was not, no more is read than whether the month was."""
    if not is_month(question.period):
        return Unpublished.NO_MONTH
    group = question.published_group
    if group is not None and group[0] is By.AREA and directory.areas[group[1]].level is not AreaLevel.COMMUNITY:
        group = None
    if group is None and not question.is_published:
        is_there = await connection.fetchval(SQL["is_published"], question.period.first_day)
        return Unpublished.CUT if is_there else Unpublished.MONTH
    told = await publication(connection, question.period)
    if told is None:
        return Unpublished.MONTH
    if question.figure is not None and question.figure.id in told.total.untold:
        return Unpublished.FIGURE
    return told if group is None else told.of_group(*group)


def _told(
    question: Question, whole: Sequence[Counted], parts: Sequence[Counted], directory: Directory
) -> tuple[Figures, Sequence[Group]]:
    _, of_all = figures_of(whole)
    return of_all, _groups(question, parts, directory) if question.by else ()


def _groups(question: Question, parts: Sequence[Counted], directory: Directory) -> list[Group]:
    by = question.by or By.AREA
    groups = grouped(parts, by, tree=tree_of(directory), level=question.level)
    keys = sorted(groups, key=lambda key: (key is None, key or ""))
    told = ((key, *figures_of(groups[key])) for key in keys)
    # Where sums cancel each other out there is no group: what was there was undone within the period, or moved.
    return [
        _group(key, tally, figures, by, directory)
        for key, tally, figures in told
        if tally.lengths or figures != NO_FIGURES
    ]


def _group(key: str | None, tally: Tally, told: Figures, by: By, directory: Directory) -> Group:
    return Group(key=key, name=name_of(key, by, directory), ranked=tally.may_be_ranked, figures=told)
