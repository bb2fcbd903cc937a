"""Databases for tests, on the run's one server: empty, or with services' tables at their newest.

Migrating takes several times as long as copying what is migrated, so each set of tables is made once a run, as a
template.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import urlsplit

import asyncpg

from shared.embedded.postgres import EmbeddedPostgres
from shared.kernel.database import Connection
from shared.kernel.migrations import Component, migrate

# Copied file by file: through the log, which is the default, takes six times as long.
_COPY = 'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
_EMPTY = "template1"
# What roles may do to a database is not part of the copy.
_GRANTS = """
SELECT granted.privilege_type AS privilege, pg_get_userbyid(granted.grantee) AS role
FROM pg_database, aclexplode(datacl) AS granted
WHERE datname = $1 AND granted.grantee NOT IN (0, datdba)
"""


class NewDatabase(Protocol):
    """Makes a database; schemas given by name have their components' tables and the role `yima_` and their name."""

    async def __call__(self, **schemas: Sequence[Component]) -> str:
        """Returns the administrator's address of the database."""


async def new_database(server: EmbeddedPostgres, schemas: Mapping[str, Sequence[Component]]) -> str:
    """Make a database with these schemas; returns the administrator's address of it."""
    name = f"t{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(server.dsn)
    try:
        template = await _template(server, connection, schemas) if schemas else _EMPTY
        await connection.execute(_COPY.format(name=name, template=template))
        for grant in await connection.fetch(_GRANTS, template):
            await connection.execute(f'GRANT {grant["privilege"]} ON DATABASE "{name}" TO "{grant["role"]}"')
    finally:
        await connection.close()
    return server.dsn_of(name)


async def drop_database(server: EmbeddedPostgres, dsn: str) -> None:
    """Drop a database, whoever is still connected to it."""
    connection = await asyncpg.connect(server.dsn)
    try:
        await connection.execute(f'DROP DATABASE "{urlsplit(dsn).path[1:]}" WITH (FORCE)')
    finally:
        await connection.close()


async def _template(server: EmbeddedPostgres, admin: Connection, schemas: Mapping[str, Sequence[Component]]) -> str:
    """The name of the template with these schemas; the first of all workers that needs it makes it."""
    name = f"template_{hashlib.sha256(repr(sorted(schemas.items())).encode()).hexdigest()[:12]}"
    await admin.execute("SELECT pg_advisory_lock(hashtext($1))", name)
    if not await admin.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name):
        unfinished = f"{name}_unfinished"
        await admin.execute(_COPY.format(name=unfinished, template=_EMPTY))
        for schema, components in schemas.items():
            await migrate(server.dsn_of(unfinished), schema=schema, role=f"yima_{schema}", components=components)
        await admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    await admin.execute("SELECT pg_advisory_unlock(hashtext($1))", name)
    return name
