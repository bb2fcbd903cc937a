"""A district of so many tickets as reporting's tables hold it: made from a seed, once, and kept between runs."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from services.reporting.app import COMPONENTS, NAME
from services.reporting.projections import FIGURES, FILL_SUMS, TIME_ALL
from services.reporting.queries import SQL
from shared.contracts.directory import AreaDefined, AreaLevel, Name, PlaceDefined
from shared.directory import Directory
from shared.embedded.postgres import EmbeddedPostgres
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import migrate

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
# As many as one district of Shanghai has, in its eleven towns.
COMMUNITIES, TOWNS, PLACES = 244, 11, 10
TICKETS_AT_ONCE = 100_000
FILL = (Path(__file__).parent / "district_facts.sql").read_text(encoding="utf-8")
# What is found by a ticket, and when its first unit accepted it.
FILL_CASES = """
INSERT INTO reporting_figures.cases (ticket, opened_at, channel, place, area, category, urgency, changed_at)
SELECT ticket, at, channel, place, area, category, urgency, at FROM reporting_figures.facts WHERE fact = 'received'
"""
FILL_PHASES = """
INSERT INTO reporting_figures.phases (ticket, version, at, event, unit, history)
SELECT ticket, 3, at, 'CaseAccepted', unit, false FROM reporting_figures.facts WHERE parts = '{stage_accept}'
"""
# Its units all keep an office's hours: first responses are told in working minutes.
OFFICE = """
{"hours": {"1": [[510, 690], [780, 1050]], "2": [[510, 690], [780, 1050]], "3": [[510, 690], [780, 1050]],
"4": [[510, 690], [780, 1050]], "5": [[510, 690], [780, 1050]]}, "days_off": ["2026-10-01", "2026-10-02"],
"make_up_workdays": {"2026-10-10": 5}, "years": [2025, 2026]}
"""
FILL_DIRECTORY = """
INSERT INTO directory (kind, id, type, schema_version, edition, body)
SELECT 'calendar', 'office', '', 1, 1, $1::jsonb
UNION ALL
SELECT DISTINCT 'unit', unit, '', 1, 1, '{"calendar": "office"}'::jsonb
FROM reporting_figures.facts
WHERE unit IS NOT NULL
ON CONFLICT DO NOTHING
"""
INDEXES = """
SELECT indexname AS name, indexdef AS definition
FROM pg_indexes
WHERE schemaname = 'reporting_figures' AND tablename = 'facts'
"""


@asynccontextmanager
async def district(tickets: int) -> AsyncIterator[Connection]:
    """Reporting's own connection to it."""
    async with server(tickets) as postgres:
        connection = await connect(postgres.dsn, schema=NAME, role=f"yima_{NAME}")
        yield connection
        await connection.close()


@asynccontextmanager
async def server(tickets: int) -> AsyncIterator[EmbeddedPostgres]:
    """Where it lies; the first time it is made, which takes minutes for a million tickets."""
    home = _kept() / f"district-{tickets}-{_edition()}"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    postgres = EmbeddedPostgres(home)
    await postgres.start()
    try:
        await migrate(postgres.dsn, schema=NAME, role=f"yima_{NAME}", components=COMPONENTS)
        connection = await connect(postgres.dsn, schema=NAME, role=f"yima_{NAME}")
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM reporting_figures.sums)"):
            await _fill(connection, tickets)
        await connection.close()
        yield postgres
    finally:
        await postgres.stop()


async def _fill(connection: Connection, tickets: int) -> None:
    """Indexes last; begun anew if it was interrupted."""
    indexes = await connection.fetch(INDEXES)
    async with connection.transaction():
        await connection.execute("TRUNCATE reporting_figures.facts, reporting_figures.cases, reporting_figures.phases")
        await connection.execute("ALTER TABLE reporting_figures.facts DROP CONSTRAINT facts_pkey")
        for index in indexes:
            await connection.execute(f"DROP INDEX IF EXISTS reporting_figures.{index['name']}")
        fill = FILL.replace("{tickets}", str(tickets)).replace("{communities}", str(COMMUNITIES))
        fill = fill.replace("{now}", NOW.isoformat())
        for first in range(1, tickets + 1, TICKETS_AT_ONCE):
            last = min(tickets, first + TICKETS_AT_ONCE - 1)
            await connection.execute(fill.replace("{first}", str(first)).replace("{last}", str(last)))
        await connection.execute(FILL_CASES)
        await connection.execute(FILL_PHASES)
        await connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        await connection.execute("ALTER TABLE reporting_figures.facts ADD PRIMARY KEY (ticket, fact, key)")
        for index in indexes:
            if index["name"] != "facts_pkey":
                await connection.execute(index["definition"])
        await connection.execute(FILL_DIRECTORY, OFFICE)
        for text in (SQL["fill_spots"], FILL_SUMS, *TIME_ALL):
            await connection.execute(text)
        await connection.execute(SQL["calendars_seen"], await connection.fetchval(SQL["changes_to_see"]))
    # As a platform that has run for a while has been by itself.
    for table in ("facts", "cases", "phases", "sums", "spots", "times"):
        await connection.execute(f"VACUUM ANALYZE reporting_figures.{table}")


def tree() -> Directory:
    """The district's towns, communities and places."""
    areas, places = {"district": _area("district", AreaLevel.DISTRICT, ())}, {}
    for town in range(TOWNS):
        areas[f"town-{town}"] = _area(f"town-{town}", AreaLevel.TOWN, ("district",))
    for number in range(COMMUNITIES):
        community = f"area-{number}"
        areas[community] = _area(community, AreaLevel.COMMUNITY, ("district", f"town-{number % TOWNS}"))
        for code in (f"place-{number}-{each}" for each in range(PLACES)):
            path = areas[community].path
            places[code] = PlaceDefined(
                at=NOW, id=code, edition=1, name=Name(zh=code, en=code), area=community, path=path
            )
    return Directory(areas=areas, places=places)


def _area(id_: str, level: AreaLevel, above: tuple[str, ...]) -> AreaDefined:
    parent = above[-1] if above else None
    name = Name(zh=id_, en=id_)
    return AreaDefined(at=NOW, id=id_, edition=1, name=name, level=level, parent=parent, path=(*above, id_))


def _edition() -> str:
    return sha256("\0".join((FILL, FIGURES.edition)).encode()).hexdigest()[:12]


def _kept() -> Path:
    named = os.environ.get("BENCH_KEPT")
    return Path(named) if named else Path.home() / ".cache" / "yima" / "bench"
