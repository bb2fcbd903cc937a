"""The directory followed: records kept in the service's own table, read as one frozen snapshot.

A snapshot is at most a second old: each read within that time costs nothing, then one count is compared.

Records are kept as they come, whatever edition they name: what comes here is in order already. A service's own records
come from its append, and others' through the inbox, which drops a state at or below the version it has taken of its
stream. To compare editions as well would be wrong: a publisher that was restored to an earlier point counts them anew
from there, and what it says then would never be believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from shared.contracts import directory as contract
from shared.contracts.codec import decode
from shared.contracts.directory import (
    AreaDefined,
    CalendarDefined,
    CategoryDefined,
    Cover,
    CoverDefined,
    DirectoryRecord,
    DutyDefined,
    PersonDefined,
    PlaceDefined,
    RulesDefined,
    TemplateDefined,
    UnitDefined,
)
from shared.directory.rota import Turn, holder, turns
from shared.kernel.clock import Clock
from shared.kernel.database import Connection, Pool
from shared.kernel.event_store import Rows
from shared.kernel.kafka import Topic
from shared.kernel.migrations import Component
from shared.kernel.queries import Queries

SQL_FOLDER = Path(__file__).parent / "sql"
SQL = Queries.load(SQL_FOLDER / "queries")
DIRECTORY = Component("directory", SQL_FOLDER / "migrations")
# A district's records are few, and nobody shares the work of following them: one partition keeps each fetch small.
DIRECTORY_TOPIC = Topic(contract.TOPIC, state=True, partitions=1)

FRESH_S = 1.0
NO_DISTRICT = "no district has come yet: publish one (yima district publish), and see that routing runs"

Record = TypeVar("Record", bound=DirectoryRecord)


@dataclass(frozen=True, slots=True)
class Directory:
    """The district at one moment, by id; retired entities are in it and say so."""

    areas: dict[str, AreaDefined] = field(default_factory=dict)
    places: dict[str, PlaceDefined] = field(default_factory=dict)
    units: dict[str, UnitDefined] = field(default_factory=dict)
    people: dict[str, PersonDefined] = field(default_factory=dict)
    duties: dict[str, DutyDefined] = field(default_factory=dict)
    covers: dict[str, CoverDefined] = field(default_factory=dict)
    categories: dict[str, CategoryDefined] = field(default_factory=dict)
    rules: dict[str, RulesDefined] = field(default_factory=dict)
    templates: dict[str, TemplateDefined] = field(default_factory=dict)
    calendars: dict[str, CalendarDefined] = field(default_factory=dict)

    @property
    def edition(self) -> int:
        """The newest publication that any record comes from; 0 when nothing was published."""
        records: tuple[dict[str, Any], ...] = (
            self.areas,
            self.places,
            self.units,
            self.people,
            self.duties,
            self.categories,
            self.rules,
            self.templates,
            self.calendars,
        )
        return max((record.edition for part in records for record in part.values()), default=0)

    def on_duty(self, unit: str, at: datetime) -> PersonDefined | None:
        """Who answers for a unit at that moment: the last cover, or else the first shift, that holds it."""
        person = holder(self.duties.get(unit), self.answering(unit), at, self._covers(unit))
        return self.people[person] if person else None

    def turns(self, unit: str, at: datetime) -> list[Turn]:
        """Who answers for a unit from that moment on, each from when until when; gaps are left out."""
        return turns(self.duties.get(unit), self.answering(unit), at, self._covers(unit))

    def answering(self, unit: str) -> set[str]:
        """Who can answer: those of the rota, and those of the unit in their place, who have not left."""
        duty = self.duties.get(unit)
        named = [self.people.get(shift.person) for shift in duty.shifts] if duty else []
        covering = [self.people.get(cover.person) for cover in self._covers(unit)]
        own = (person for person in covering if person and person.unit == unit)
        return {person.id for person in (*named, *own) if person and not person.retired}

    def _covers(self, unit: str) -> tuple[Cover, ...]:
        record = self.covers.get(unit)
        return record.covers if record else ()


@dataclass(slots=True)
class DirectoryFollower:
    """One service's copy of the directory."""

    pool: Pool
    clock: Clock
    _snapshot: Directory = field(default_factory=Directory)
    _changes: int = -1
    _looked_at: datetime | None = None
    _asked_again: int = 0
    _known: bool = False

    async def record(self, connection: Connection, records: Sequence[DirectoryRecord]) -> None:
        """Keep records as they arrive, the last of an entity in a batch."""
        for rows in self.rows(records):
            await connection.execute(rows.statement, *rows.values)

    def rows(self, records: Sequence[DirectoryRecord]) -> Sequence[Rows]:
        """The same for whoever writes them with other rows in one statement."""
        newest = {record.stream: record for record in records}
        if not newest:
            return ()
        self.look_again()
        columns = (
            [record.kind for record in newest.values()],
            [record.id for record in newest.values()],
            [record.type_name() for record in newest.values()],
            [record.schema_version for record in newest.values()],
            [record.edition for record in newest.values()],
            [record.to_json() for record in newest.values()],
        )
        return Rows(SQL["record_directory"], columns), Rows(SQL["count_change"], ())

    async def extent(self) -> tuple[int, int]:
        """How much is known here of what every service follows, records and editions: alike where the same was read."""
        row = await self.pool.fetchrow(SQL["directory_extent"])
        return (row["records"], row["editions"]) if row else (0, 0)

    async def missing(self) -> str | None:
        """What keeps a service from its work as long as it knows nothing of a district; no record is ever deleted.

        Nothing in the records tells how many they are. What the topic held when the service started, its consumer reads
        before it is ready; whether all of what came since is here, only who can look at other services too can tell.
        """
        self._known = self._known or await self.extent() > (0, 0)
        return None if self._known else NO_DISTRICT

    def look_again(self) -> None:
        """Have the next read look whether something was published this second; one under way may have missed it."""
        self._looked_at = None
        self._asked_again += 1

    async def current(self, held: Connection | None = None) -> Directory:
        """The directory as of at most a second ago, read by the connection that the caller has.

        Who has one may not wait for a second: where as many do at once as there are connections, none would ever come.
        """
        now, asked, connection = self.clock.now(), self._asked_again, held or self.pool
        if self._looked_at is None or abs((now - self._looked_at).total_seconds()) > FRESH_S:
            changes = await connection.fetchval(SQL["changes"])
            if changes != self._changes:
                self._snapshot, self._changes = await read_directory(connection), changes
            self._looked_at = now if asked == self._asked_again else None
        return self._snapshot


async def read_directory(connection: Connection | Pool) -> Directory:
    """The whole directory from its table."""
    rows = await connection.fetch(SQL["directory_records"])
    records = [decode(row["type"], row["schema_version"], row["body"]) for row in rows]
    return Directory(
        areas=_of(AreaDefined, records),
        places=_of(PlaceDefined, records),
        units=_of(UnitDefined, records),
        people=_of(PersonDefined, records),
        duties=_of(DutyDefined, records),
        covers=_of(CoverDefined, records),
        categories=_of(CategoryDefined, records),
        rules=_of(RulesDefined, records),
        templates=_of(TemplateDefined, records),
        calendars=_of(CalendarDefined, records),
    )


def _of(kind: type[Record], records: Sequence[Any]) -> dict[str, Record]:
    return {record.id: record for record in records if isinstance(record, kind)}
