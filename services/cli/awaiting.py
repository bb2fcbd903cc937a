"""Waiting for stores that others start: said again and again as long as it lasts, and given up in one line."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any

import asyncpg
import structlog
from aiokafka.errors import KafkaError

from services.cli.errors import StoresAwayError
from services.cli.settings import LaunchSettings
from shared.kernel.database import PLATFORM_ERRORS, connect
from shared.kernel.kafka import Broker, describe_cluster
from shared.kernel.migrations import pending
from shared.kernel.runtime import Ground

log = structlog.get_logger()

TRY_EVERY_S = 1.0
TELL_EVERY_S = 5.0
ANSWER_WITHIN_S = 10.0
# Roles, databases and tables that are not there yet may be made in the next moment, by whoever starts the stores.
NOT_YET: tuple[type[BaseException], ...] = (*PLATFORM_ERRORS, asyncpg.PostgresError, ValueError)
NO_BROKER: tuple[type[BaseException], ...] = (KafkaError, OSError, TimeoutError)

Try = Callable[[], Awaitable[str | None]]


async def others_answer(settings: LaunchSettings) -> None:
    """Until the stores that are not ours answer; ours are started when they are needed.

    Raises:
        StoresAwayError: they did not in time.
    """
    seconds_max = settings.wait_seconds_max
    if (dsn := settings.database_dsn) is not None:
        await until("database", partial(database_answers, dsn), seconds_max=seconds_max)
    if (bootstrap := settings.kafka_bootstrap) is not None:
        broker = Broker(bootstrap, account=settings.kafka_account)
        await until("kafka", partial(broker_answers, broker), seconds_max=seconds_max)


async def database_answers(dsn: str) -> str | None:
    """What keeps the database from being migrated."""
    try:
        connection = await asyncpg.connect(dsn, timeout=ANSWER_WITHIN_S)
    except NOT_YET as error:
        return type(error).__name__
    await connection.close()
    return None


async def broker_answers(broker: Broker) -> str | None:
    """What keeps topics from being made."""
    try:
        await describe_cluster(broker, [])
    except NO_BROKER as error:
        return type(error).__name__
    return None


async def tables_are_there(ground: Ground, components: Sequence[Any]) -> str | None:
    """What keeps a service from its own tables, as its code knows them."""
    try:
        missing = await missing_tables(ground, components)
    except NOT_YET as error:
        return type(error).__name__
    return f"not migrated: {missing[0]}" if missing else None


async def missing_tables(ground: Ground, components: Sequence[Any]) -> Sequence[str]:
    """Migrations that this code knows and the service's schema does not.

    Raises:
        asyncpg.PostgresError: there is no such role or schema yet, or we may not take the role.
    """
    async with asyncio.timeout(ANSWER_WITHIN_S):
        connection = await connect(ground.database_url, schema=ground.name, role=ground.role)
        try:
            return await pending(connection, components)
        finally:
            with suppress(*PLATFORM_ERRORS):
                await connection.close(timeout=1)


async def until(what: str, attempt: Try, *, seconds_max: float) -> None:
    """Tries again each second; what is missing is logged at once and every five seconds.

    Raises:
        StoresAwayError: it took longer than that.
    """
    began = told_at = monotonic()
    while (missing := await attempt()) is not None:
        waited_s = monotonic() - began
        if waited_s >= seconds_max:
            raise StoresAwayError(f"{what} ({missing})", seconds=round(waited_s))
        if told_at == began or monotonic() - told_at >= TELL_EVERY_S:
            log.warning("waiting", waits_for=what, missing=missing, waited_s=round(waited_s), seconds_max=seconds_max)
            told_at = monotonic()
        await asyncio.sleep(TRY_EVERY_S)
    if told_at != began:
        log.info("waited", waits_for=what, waited_s=round(monotonic() - began))
