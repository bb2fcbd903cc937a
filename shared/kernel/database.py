"""Pools: each service's connections act as its own role, in its own schema."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

# What says that the database is ill, whoever asked: away, shutting down, out of room or of connections.
ILL_ERRORS: tuple[type[BaseException], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    asyncpg.LockNotAvailableError,
)

# What is raised by a database that is away, and as well by a handler that is wrong: a statement with too few values is
# an `InterfaceError` to asyncpg, and Python's own errors of files and of time are everybody's. A session that the
# server has just ended, and whose socket is still open, answers a statement with an `InternalClientError`.
DOUBTFUL_ERRORS: tuple[type[BaseException], ...] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

# At the edge, where nobody asks any further, the platform's.
PLATFORM_ERRORS: tuple[type[BaseException], ...] = (*ILL_ERRORS, *DOUBTFUL_ERRORS)

# What says that two did the same at once; loading and deciding again is enough.
RACE_ERRORS: tuple[type[BaseException], ...] = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
)

ANSWERS_WITHIN_S = 10.0
# asyncpg parses and plans a longer statement each time it is run; the longest of ours takes 20 ms for that.
CACHED_STATEMENT_BYTES_MAX = 64 * 1024
NO_ANSWER: tuple[type[BaseException], ...] = (*DOUBTFUL_ERRORS, asyncpg.PostgresError)


async def _keep_session(_connection: object) -> None:
    """No reset query on release: our code leaves no session state behind, and it costs 90 µs a request."""


async def open_pool(dsn: str, *, schema: str, role: str, size_min: int = 2, size_max: int = 16) -> Pool:
    """Connections that act as `role` and see `schema` first.

    Raises:
        OSError: nothing answers at `dsn`.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=size_min,
        max_size=size_max,
        reset=_keep_session,
        command_timeout=60,
        max_cacheable_statement_size=CACHED_STATEMENT_BYTES_MAX,
        server_settings=session_settings(schema=schema, role=role),
    )


@asynccontextmanager
async def planning_as_asked(pool: Pool) -> AsyncIterator[Connection]:
    """A transaction whose queries are planned anew for their very arguments.

    For those whose best way depends on them (long lists, filters that are mostly absent): once one has been asked a few
    times, PostgreSQL takes one plan for whatever comes, which can be ten times as slow. It costs three short trips.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        yield connection


async def connect(dsn: str, *, schema: str, role: str) -> Connection:
    """One connection of its own, for what holds a session's lock or listens."""
    return await asyncpg.connect(
        dsn,
        max_cacheable_statement_size=CACHED_STATEMENT_BYTES_MAX,
        server_settings=session_settings(schema=schema, role=role),
    )


def session_settings(*, schema: str, role: str) -> dict[str, str]:
    """What each session of a service starts with. JIT costs more than it saves on statements this short.

    A process that vanished with its machine closes no connection: PostgreSQL asks after it, so that a lock that it held
    (the relay's) is free within some ten seconds.
    """
    return {
        "search_path": schema,
        "role": role,
        "application_name": role,
        "timezone": "UTC",
        "jit": "off",
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
    }


async def answers(connection: Connection) -> bool:
    """Whether the database is there for this very connection, which may be in a transaction."""
    try:
        return await connection.fetchval("SELECT true", timeout=ANSWERS_WITHIN_S) is True
    except NO_ANSWER:
        return False
