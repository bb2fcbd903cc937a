"""The whole platform in one process, as `yima up` composes it, on the run's PostgreSQL and Kafka."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from logging import StreamHandler, getLogger
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
import structlog
import uvicorn

from services import composed
from services.cli.launcher import pages_config
from shared.embedded.platform import Platform
from shared.embedded.progress import silent
from shared.kernel import logging
from shared.kernel.bucket import Bucket
from shared.kernel.kafka import Broker, ensure_topics
from shared.testing.databases import NewDatabase
from shared.testing.running_clock import RunningClock
from tests.browser.conftest import browser, chromium, page_at
from tests.scenarios.town import Town

# A scenario in a browser uses what the pages' own tests use.
__all__ = ["browser", "chromium", "page_at"]

# A Tuesday evening at five past nine in Shanghai: committee lead 2, police duty 2 and property duty 2 answer.
NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
# Everybody in a scenario comes from one address, and cheap passwords are as good as dear ones.
SETTINGS = {
    "YIMA_INTAKE_REPORTS_PER_ADDRESS_MAX": "10000",
    "YIMA_INTAKE_REPORTS_PER_PLACE_MAX": "10000",
    "YIMA_INTAKE_REPORTS_PER_PHONE_MAX": "10000",
    "YIMA_ROUTING_PASSWORD_TIME_COST": "1",
    "YIMA_ROUTING_PASSWORD_MEMORY_KIB": "64",
}


@pytest.fixture(scope="session")
def settings() -> Iterator[pytest.MonkeyPatch]:
    """Settings of the scenarios' platforms, as an operator would give them."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        yield environment


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(
    settings: pytest.MonkeyPatch,  # noqa: ARG001 - it must be set before.
    lasting_database: NewDatabase,
    kafka_bootstrap: str,
    log: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """The pilot's town; its scenarios do not mind each other."""
    async with opened_town(await lasting_database(), kafka_bootstrap, tmp_path_factory.mktemp("town"), log) as opened:
        yield opened


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a platform's process writes to its log, as `yima up` sets it up, in a file."""
    path = tmp_path_factory.mktemp("log") / "log"
    before = structlog.get_config()
    with path.open("w", buffering=1, encoding="utf-8") as file:
        logging.configure(to=file)
        # Loggers that remember their file would go on writing to it after the scenarios.
        structlog.configure(cache_logger_on_first_use=False)
        others = StreamHandler(file)
        getLogger().addHandler(others)
        yield path
        getLogger().removeHandler(others)
        structlog.configure(**before)


@asynccontextmanager
async def opened_town(
    dsn: str, kafka_bootstrap: str, data_dir: Path, log: Path, photos_bucket: Bucket | None = None
) -> AsyncIterator[Town]:
    """A platform of its own at a port of its own, served as the launcher serves it."""
    clock = RunningClock(NOW)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        platform = Platform(
            database_url=dsn,
            kafka_bootstrap=kafka_bootstrap,
            port=listening.getsockname()[1],
            data_dir=data_dir,
            photos_bucket=photos_bucket,
            topic_prefix=f"t{uuid4().hex[:12]}.",
            clock=clock,
        )
        await _make_small_topics(platform)
        prepared = await composed.prepare(platform, silent)
        passwords = {account.name: account.password for account in prepared.accounts}
        async with served(composed.asgi_app(platform), listening):
            town = Town(platform, clock, passwords, log)
            yield town
            await town.close()


@asynccontextmanager
async def served(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    """An application at a port, as the launcher serves it."""
    server = uvicorn.Server(pages_config(app))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await _started(server, serving)
        yield
    finally:
        server.should_exit = True
        await serving


async def _make_small_topics(platform: Platform) -> None:
    """Six workers with two dozen partitions a topic would keep the run's one broker busy with nothing."""
    published = {topic for part in composed.parts_of(platform) for topic in part.root.PUBLISHES}
    broker = Broker(platform.kafka_bootstrap, platform.topic_prefix)
    await ensure_topics(broker, [replace(topic, partitions=3) for topic in published])


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(90):
        while not server.started:
            assert not serving.done(), "the application ended while it was starting"
            await asyncio.sleep(0.05)
