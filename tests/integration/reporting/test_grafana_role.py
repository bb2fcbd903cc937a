"""Who draws dashboards reads what they are counted from and the directory's names, and nothing else."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from services.reporting.app import COMPONENTS, NAME
from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition
from services.reporting.queries import sql_of
from shared.kernel.database import Connection
from shared.kernel.migrations import KERNEL, migrate
from shared.testing.databases import NewDatabase
from tests.integration.reporting.conftest import NOW

READS = {
    "reporting_figures": {
        "cases",
        "durations",
        "facts",
        "first_acceptances",
        "messages",
        "spots",
        "stretches",
        "summed",
        "sums",
        "timed",
        "times",
        "unsummed",
        "unsummed_durations",
    },
    "reporting_views": {
        "areas",
        "categories",
        "units",
        "places",
        "lies_in",
        "freshness",
        "calendars",
        "unit_calendars",
        "working_days",
        "working_time",
        "working_units",
    },
}
GRANTED = """
SELECT table_schema AS schema, table_name AS name, privilege_type AS privilege
FROM information_schema.table_privileges
WHERE grantee = 'yima_grafana'
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reader(lasting_database: NewDatabase) -> AsyncIterator[Connection]:
    """The role's own session, on a database where another service has tables, too."""
    dsn = await lasting_database()
    await migrate(dsn, schema="intake", role="yima_intake", components=[KERNEL])
    await migrate(dsn, schema=NAME, role=f"yima_{NAME}", components=COMPONENTS)
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET SESSION AUTHORIZATION yima_grafana")
    yield connection
    await connection.close()


async def test_it_is_granted_to_read_the_views_and_no_more(reader: Connection) -> None:
    granted = await reader.fetch(GRANTED)

    assert {(row["schema"], row["name"], row["privilege"]) for row in granted} == {
        (schema, name, "SELECT") for schema, names in READS.items() for name in names
    }


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda it: it.id)
async def test_it_counts_every_figure(reader: Connection, figure: Definition) -> None:
    assert await reader.fetch(sql_of(figure), NOW, NOW) != []


@pytest.mark.parametrize("granted", sorted(f"{schema}.{name}" for schema, names in READS.items() for name in names))
async def test_it_reads(reader: Connection, granted: str) -> None:
    rows = await reader.fetch(f"SELECT * FROM {granted}")  # noqa: S608

    # No ticket is there yet: the sums tell of all there is, and nothing is new; nor was a calendar ever copied.
    told = {(name == "calendars_edition", value) for row in rows for name, value in row.items()}
    assert told <= {(False, None), (False, True), (True, 0)}


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM reporting.directory",
        "SELECT * FROM reporting.received",
        "SELECT * FROM reporting.published_months",
        "SELECT * FROM reporting_figures.phases",
        "SELECT * FROM reporting_figures.ratings",
        "SELECT * FROM intake.events",
        "SELECT * FROM intake.outbox",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY reporting_views.areas TO '/tmp/areas'",
        "SET ROLE yima_reporting",
        "INSERT INTO reporting_figures.messages SELECT * FROM reporting_figures.messages",
        "UPDATE reporting_figures.facts SET unit = NULL",
        "DELETE FROM reporting_figures.cases",
        "TRUNCATE reporting_figures.cases",
        "UPDATE reporting_views.units SET id = 'a'",
        "CREATE TABLE reporting_views.mine (n int)",
        "CREATE TABLE public.mine (n int)",
        "CREATE TEMPORARY TABLE mine (n int)",
        "CREATE SCHEMA mine",
    ],
)
async def test_it_is_refused_everything_else(reader: Connection, attempt: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ObjectNotInPrerequisiteStateError)):
        await reader.execute(attempt)
