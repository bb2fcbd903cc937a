"""Each service's own tables, for commands that look after what it has sent and taken."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from services.cli.away import AWAY_ERRORS, of_database
from services.cli.running import platform_of, running_platform
from services.cli.serving import ServiceName
from services.cli.settings import LaunchSettings
from shared.embedded.platform import Platform
from shared.kernel.database import Connection, connect


def chosen(service: ServiceName | None) -> Sequence[ServiceName]:
    """The one that was named, or all."""
    return [service] if service else list(ServiceName)


def roots() -> Mapping[ServiceName, Any]:
    """The services' composition roots."""
    # Imported here because it brings in all four services, which the other commands do without.
    from services.intake import app as intake
    from services.notify import app as notify
    from services.reporting import app as reporting
    from services.routing import app as routing

    return {ServiceName(root.NAME): root for root in (intake, routing, notify, reporting)}


def stores_of(settings: LaunchSettings) -> Platform:
    """Where the stores are: those that were named to us, or those of the platform that runs here."""
    if settings.database_url and settings.kafka_bootstrap:
        return platform_of(settings, host=settings.host, port=settings.port)
    return running_platform(settings)


@asynccontextmanager
async def tables_of(platform: Platform, service: ServiceName) -> AsyncIterator[Connection]:
    """A connection in a service's own role.

    Raises:
        DatabaseAwayError: the database does not answer, or has no tables of this service.
        AccountMayNotError: the account may not take that role.
    """
    try:
        connection = await connect(platform.database_url, schema=service.value, role=f"yima_{service.value}")
    except AWAY_ERRORS as error:
        raise of_database(error) from None
    try:
        yield connection
    finally:
        await connection.close()
