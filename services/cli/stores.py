"""The platform's stores for as long as a command needs them: ours are started and stopped, others' are only used."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.cli.running import embedded_servers, platform_of
from services.cli.settings import LaunchSettings
from shared.embedded.platform import Platform
from shared.embedded.progress import Report
from shared.embedded.server import EmbeddedServer


@asynccontextmanager
async def running_stores(settings: LaunchSettings, report: Report) -> AsyncIterator[Platform]:
    """Kafka stops before PostgreSQL, whatever happened in between."""
    servers = embedded_servers(settings, report)
    try:
        await _start_together(servers)
        yield platform_of(settings, host=settings.host, port=settings.port)
    finally:
        for server in servers:
            await server.stop()


async def _start_together(servers: Sequence[EmbeddedServer]) -> None:
    """The first failure is the one to tell; the other start is called off."""
    try:
        async with asyncio.TaskGroup() as starting:
            for server in servers:
                starting.create_task(server.start())
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
