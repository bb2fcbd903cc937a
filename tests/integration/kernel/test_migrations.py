"""A schema stands before or after a file, never between; its role may do what a service does and no more."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel.database import Connection, connect
from shared.kernel.migrations import KERNEL, Component, migrate, pending

PLACES = "CREATE TABLE places (code text PRIMARY KEY);\nGRANT SELECT ON places TO {role};\n"
GATES = "CREATE TABLE gates (code text);\nINSERT INTO gates VALUES ('east');\n"


def component(folder: Path, **files: str) -> Component:
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    return Component("sample", folder)


async def tables(dsn: str, schema: str) -> set[str]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", schema)
    await connection.close()
    return {row["tablename"] for row in rows}


async def apply(dsn: str, *components: Component) -> int:
    return await migrate(dsn, schema="estate", role="yima_estate", components=components)


async def test_files_are_applied_once_in_the_order_of_their_names(fresh_postgres_dsn: str, tmp_path: Path) -> None:
    files = component(tmp_path, n0001_places=PLACES, n0002_more="ALTER TABLE places ADD COLUMN name text;")

    assert await apply(fresh_postgres_dsn, files) == 2
    assert await apply(fresh_postgres_dsn, files) == 0

    assert await tables(fresh_postgres_dsn, "estate") == {"migrations", "places"}


async def test_two_that_migrate_at_once_do_it_once(fresh_postgres_dsn: str, tmp_path: Path) -> None:
    files = component(tmp_path, n0001_places=PLACES, n0002_gates=GATES)

    applied = await asyncio.gather(*(apply(fresh_postgres_dsn, KERNEL, files) for _ in range(4)))

    assert sorted(applied)[:3] == [0, 0, 0]
    connection = await asyncpg.connect(fresh_postgres_dsn)
    assert await connection.fetchval("SELECT count(*) FROM estate.gates") == 1
    await connection.close()


async def test_failing_file_leaves_nothing_and_those_before_it_stand(fresh_postgres_dsn: str, tmp_path: Path) -> None:
    files = component(tmp_path, n0001_places=PLACES, n0002_gates=GATES + "SELECT no_such_column;\n")

    with pytest.raises(asyncpg.UndefinedColumnError):
        await apply(fresh_postgres_dsn, files)
    assert await tables(fresh_postgres_dsn, "estate") == {"migrations", "places"}

    component(tmp_path, n0002_gates=GATES)
    assert await apply(fresh_postgres_dsn, files) == 1
    assert await tables(fresh_postgres_dsn, "estate") == {"migrations", "places", "gates"}


@pytest.mark.long
async def test_file_that_would_wait_for_a_busy_table_gives_up_in_seconds(
    fresh_postgres_dsn: str, tmp_path: Path
) -> None:
    await apply(fresh_postgres_dsn, component(tmp_path, n0001_places=PLACES))
    busy = await asyncpg.connect(fresh_postgres_dsn)
    more = component(tmp_path, n0002_more="ALTER TABLE places ADD COLUMN name text;")

    async with busy.transaction():
        await busy.execute("LOCK TABLE estate.places IN ACCESS SHARE MODE")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await apply(fresh_postgres_dsn, more)

    assert await apply(fresh_postgres_dsn, more) == 1
    await busy.close()


async def kernel_role(dsn: str) -> Connection:
    await apply(dsn, KERNEL)
    return await connect(dsn, schema="estate", role="yima_estate")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET version = 2",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE commands SET answer = '{}'",
        "DELETE FROM commands",
        "UPDATE dropped SET dropped_because = 'none'",
        "DELETE FROM dropped",
        "DROP TABLE events",
        "CREATE TABLE more (n int)",
        "UPDATE acknowledged SET positions = '{}'",
        "DELETE FROM published_states",
    ],
)
async def test_service_s_role_can_not_change_what_is_for_ever(fresh_postgres_dsn: str, statement: str) -> None:
    connection = await kernel_role(fresh_postgres_dsn)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)

    await connection.close()


async def test_service_s_role_does_not_see_another_service_s_tables(fresh_postgres_dsn: str) -> None:
    await migrate(fresh_postgres_dsn, schema="other", role="yima_other", components=[KERNEL])
    connection = await kernel_role(fresh_postgres_dsn)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT * FROM other.events")

    await connection.close()


async def test_owner_without_all_rights_migrates_for_a_role_that_another_made(
    fresh_postgres_dsn: str, tmp_path: Path
) -> None:
    owner, role = f"owner_{uuid4().hex[:8]}", f"yima_{uuid4().hex[:8]}"
    administrator = await asyncpg.connect(fresh_postgres_dsn)
    await administrator.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD 'role'; CREATE ROLE {owner} LOGIN PASSWORD 'owner' CREATEROLE;"
        f' GRANT {role} TO {owner}; ALTER DATABASE "{urlsplit(fresh_postgres_dsn).path[1:]}" OWNER TO {owner}'
    )
    files = component(tmp_path, n0001_places=PLACES)
    owned = fresh_postgres_dsn.replace(userinfo(fresh_postgres_dsn), f"{owner}:owner")

    applied = await migrate(owned, schema="estate", role=role, components=[KERNEL, files])

    itself = await connect(
        fresh_postgres_dsn.replace(userinfo(fresh_postgres_dsn), f"{role}:role"), schema="estate", role=role
    )
    component(tmp_path, n0002_gates=GATES)
    assert applied > 1
    assert await pending(itself, [KERNEL, files]) == ["sample/n0002_gates.sql"]
    await itself.close()
    await administrator.execute(f"REASSIGN OWNED BY {owner} TO CURRENT_USER; DROP OWNED BY {role}, {owner}")
    await administrator.execute(f"DROP ROLE {role}, {owner}")
    await administrator.close()


def userinfo(dsn: str) -> str:
    return urlsplit(dsn).netloc.rpartition("@")[0]
