"""The figures' rows as typed results: what was published, sent and exported; how a figure is counted as SQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import from_json, to_jsonable_python

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import (
    Definition,
    DurationDefinition,
    Part,
    RateDefinition,
    ResponseDefinition,
)
from services.reporting.domain.figures import NO_FIGURES
from services.reporting.domain.period import Period
from services.reporting.domain.publication import Publication
from shared.kernel.database import Connection
from shared.kernel.queries import Queries

PUBLICATION = TypeAdapter(Publication)
SQL = Queries.load(Path(__file__).parents[1] / "sql" / "queries")
EXPORTED_AT_ONCE = 2_000
# What stands in the place of figures that a month was published without.
_NO_FIGURES: Mapping[str, Any] = to_jsonable_python(NO_FIGURES)
# What is told of a ticket in a column of an export.
Told = str | datetime | None


def sql_of(figure: Definition) -> str:
    """The query that counts a figure, as somebody may run it: `$1` is the period's first moment, `$2` that after it."""
    parts = _literal(figure.numerator)
    match figure:
        case RateDefinition():
            return SQL["figure_rate"].replace("$3", parts).replace("$4", _literal(figure.denominator))
        case DurationDefinition():
            return SQL["figure_duration"].replace("$3", parts)
        case ResponseDefinition():
            return SQL["figure_response"]
        case _:
            return SQL["figure_count"].replace("$3", parts)


def _literal(part: Part) -> str:
    return f"'{{{', '.join(part.names)}}}'"


async def publication(connection: Connection, period: Period) -> Publication | None:
    """What was published of a month."""
    told = await connection.fetchval(SQL["published_month"], period.first_day)
    return None if told is None else published(told)


def published(told: str) -> Publication:
    """What was published, as JSON; what was not told then, since it was defined later, is named as such."""
    kept = from_json(told)
    groups = {
        by: [{**group, "figures": _as_told(group["figures"])} for group in rows] for by, rows in kept["groups"].items()
    }
    return PUBLICATION.validate_python({**kept, "total": _as_told(kept["total"]), "groups": groups})


def _as_told(figures: Mapping[str, Any]) -> Mapping[str, Any]:
    untold = frozenset(each for each in FIGURES if each not in figures and each not in figures["backlog"])
    return {**_NO_FIGURES, **figures, "backlog": {**_NO_FIGURES["backlog"], **figures["backlog"]}, "untold": untold}


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
