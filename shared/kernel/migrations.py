"""Forward-only migrations: numbered SQL files by component, under an advisory lock, with lock timeouts.

Promise: a schema is either at the edition before or after a file, never between; two that migrate at once do it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import structlog

from shared.kernel.database import Connection

log = structlog.get_logger()

LOCK_TIMEOUT_S = 5
GRANT_TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Component:
    """A folder of migrations, applied in the order of their file names."""

    name: str
    folder: Path


KERNEL = Component("kernel", Path(__file__).parent / "sql" / "migrations")


async def pending(connection: Connection, components: Sequence[Component]) -> Sequence[str]:
    """Files that the connection's schema lacks; asked by a service, which may begin before they were applied.

    Raises:
        asyncpg.PostgresError: there is no such schema yet, or it was never migrated.
    """
    rows = await connection.fetch("SELECT component, file FROM migrations")
    done = {(row["component"], row["file"]) for row in rows}
    wanted = [(each.name, file.name) for each in components for file in sorted(each.folder.glob("*.sql"))]
    return [f"{component}/{file}" for component, file in wanted if (component, file) not in done]


async def migrate(dsn: str, *, schema: str, role: str, components: Sequence[Component]) -> int:
    """Bring a service's schema up to date; returns how many files were applied.

    Raises:
        asyncpg.PostgresError: a file failed; nothing of it stays.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext($1))", f"migrate {schema}")
        await _prepare(connection, schema=schema, role=role)
        return sum([await _migrate_component(connection, schema, role, component) for component in components])
    finally:
        await connection.close()


async def _prepare(connection: Connection, *, schema: str, role: str) -> None:
    known = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role)
    if not known:
        await _create_role(connection, role)
    await _grant_role(connection, role)
    await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    await connection.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"')
    await connection.execute(f"SET search_path TO \"{schema}\"; SET lock_timeout TO '{LOCK_TIMEOUT_S}s'")
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (component text, file text, at timestamptz NOT NULL DEFAULT now(),"
        " PRIMARY KEY (component, file))"
    )
    # Read by the service, which waits for what it needs.
    await connection.execute(f'GRANT SELECT ON migrations TO "{role}"')


async def _create_role(connection: Connection, role: str) -> None:
    try:
        await connection.execute(f'CREATE ROLE "{role}" NOLOGIN')
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        log.debug("role_was_made_meanwhile", role=role)


async def _grant_role(connection: Connection, role: str) -> None:
    """Roles are shared by all databases of a server, the lock is not: two that grant at once may hit each other."""
    for _ in range(GRANT_TRIES_MAX):
        try:
            await connection.execute(f'GRANT "{role}" TO CURRENT_USER')
        except (asyncpg.InternalServerError, asyncpg.UniqueViolationError):
            log.debug("role_was_granted_meanwhile", role=role)
        except asyncpg.InsufficientPrivilegeError:
            # Whoever made the role may have made us its member, without the right to make others so.
            log.debug("role_was_granted_by_another", role=role)
            return
        else:
            return


async def _migrate_component(connection: Connection, schema: str, role: str, component: Component) -> int:
    rows = await connection.fetch("SELECT file FROM migrations WHERE component = $1", component.name)
    done = {row["file"] for row in rows}
    pending = [file for file in sorted(component.folder.glob("*.sql")) if file.name not in done]
    for file in pending:
        await _apply(connection, component.name, file, schema=schema, role=role)
    return len(pending)


async def _apply(connection: Connection, component: str, file: Path, *, schema: str, role: str) -> None:
    text = _text(file, schema=schema, role=role)
    async with connection.transaction():
        await connection.execute(text)
        await connection.execute("INSERT INTO migrations (component, file) VALUES ($1, $2)", component, file.name)
    log.info("migrated", schema=schema, component=component, file=file.name)


def _text(file: Path, *, schema: str, role: str) -> str:
    return file.read_text(encoding="utf-8").replace("{role}", f'"{role}"').replace("{schema}", f'"{schema}"')
