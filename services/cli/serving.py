"""One service as a process of its own, on stores that others run: how a deployment of several machines starts it."""

import asyncio
import os
import signal
import socket
from collections.abc import Coroutine
from enum import StrEnum
from typing import Annotated

import typer
import uvicorn
import uvloop

from services.cli.awaiting import Try, tables_are_there, until
from services.cli.errors import NoSecretsError, ServedApartError, StartFailedError
from services.cli.launcher import bound, pages_config, settle_memory
from services.cli.running import platform_of
from services.cli.settings import LaunchSettings, launch_settings
from services.cli.terminal import refusals_in_one_line
from services.cli.traces import record_traces
from services.cli.wording import worded
from shared.embedded.platform import Platform
from shared.embedded.platform_secrets import SECRETS
from shared.kernel import logging
from shared.kernel.loops import Role

PROVIDER = "YIMA_NOTIFY_PROVIDER"


class ServiceName(StrEnum):
    """The four services."""

    INTAKE = "intake"
    ROUTING = "routing"
    NOTIFY = "notify"
    REPORTING = "reporting"


def serve(
    service: Annotated[ServiceName, typer.Argument(help=worded("help_service"), show_default=False)],
    port: Annotated[int | None, typer.Option(help=worded("help_port"), min=1, max=65535)] = None,
    role: Annotated[list[Role] | None, typer.Option(help=worded("help_role"))] = None,
) -> None:
    # Imported here because it brings in all four services, which the other commands do without.
    from services import composed

    with refusals_in_one_line():
        settings = launch_settings(port)
        platform = platform_apart(settings, service)
        logging.configure()
        record_traces(f"yima-{service.value}")
        logging.remember_loggers()
        name, roles = service.value, frozenset(role or Role)
        # Built before anything is waited for: a wrong setting is known at once.
        application = composed.asgi_app(platform, {name}, roles)
        part = {each.root.NAME: each for each in composed.parts_of(platform)}[name]

        async def tables() -> str | None:
            return await tables_are_there(part.ground, part.root.COMPONENTS)

        with bound(settings) as listening:
            uvloop.run(_serve(listening, application, tables, settings.wait_seconds_max))


def platform_apart(settings: LaunchSettings, service: ServiceName) -> Platform:
    """The platform whose stores and keys others keep.

    Raises:
        ServedApartError: a setting is missing, without which the service would start stores or print links of its own,
            or keep messages in the sandbox that are meant for phones.
        NoSecretsError: the platform's keys are not there; a service with keys of its own could read no other's events.
    """
    wanted = ("database_url", "kafka_bootstrap", "public_url")
    missing = [f"YIMA_{name.upper()}" for name in wanted if getattr(settings, name) is None]
    if service is ServiceName.NOTIFY and PROVIDER not in {name.upper() for name in os.environ}:
        missing.append(PROVIDER)
    if missing:
        raise ServedApartError(", ".join(missing))
    if settings.secrets_file is None and not (settings.data_dir / SECRETS).exists():
        raise NoSecretsError(str(settings.data_dir / SECRETS))
    return platform_of(settings, host=settings.host, port=settings.port)


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settle_memory()


async def _serve(listening: socket.socket, application: object, tables: Try, wait_seconds_max: int) -> None:
    if not await _waited(until("database", tables, seconds_max=wait_seconds_max)):
        return
    server = _Server(pages_config(application))
    await asyncio.ensure_future(server.serve(sockets=[listening]))
    if not server.started:
        raise StartFailedError("stderr")


async def _waited(waiting: Coroutine[None, None, None]) -> bool:
    """Whether it came to its end; not when asked to stop, which a container's first process has to listen for."""
    task = asyncio.ensure_future(waiting)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
        return False
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    return True
