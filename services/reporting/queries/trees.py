"""The directory that areas and names are taken from: today's, or that of a period's end."""

from collections.abc import Sequence
from datetime import datetime

from services.reporting.domain.errors import UnknownAreaError
from services.reporting.domain.grouping import Tree
from services.reporting.domain.question import Question
from services.reporting.queries import SQL
from shared.contracts.codec import decode
from shared.contracts.directory import AreaDefined, CategoryDefined, DirectoryRecord, PlaceDefined, UnitDefined
from shared.directory import Directory
from shared.kernel.database import Connection


async def tree_for(connection: Connection, directory: Directory, question: Question, now: datetime) -> Directory:
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
