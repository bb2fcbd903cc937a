"""Servers for tests: one PostgreSQL and one Kafka for a whole run, and servers of its own for a test that hurts them.

The first worker that needs a server starts it under a file lock; the process that began the run stops it at the end.
What a killed run left over is stopped by the next one.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.embedded.kafka import EmbeddedKafka
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.processes import ProcessRecord
from shared.embedded.server import EmbeddedServer
from shared.kernel.migrations import Component
from shared.testing import databases
from shared.testing.databases import NewDatabase
from shared.testing.topics import drop_topics

# The shared server is thrown away after the run and never killed in it; a server of one's own keeps its real settings.
THROWN_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "400",
    "autovacuum": "off",
}
# In memory some hundred thousand small files are made and dropped in no time.
_IN_MEMORY, _ROOM_BYTES = Path("/dev/shm"), 2 << 30  # noqa: S108 - a directory with a name of its own is made in it.
_ON_DISK = Path(tempfile.gettempdir())
_RUN_DIRECTORY = pytest.StashKey[Path]()
_PREFIX = f"yima-tests-{os.geteuid()}-"


@dataclass(frozen=True, slots=True)
class OwnServers:
    """A PostgreSQL and a Kafka that belong to one test, to be stopped, killed, paused, emptied or put back."""

    postgres: EmbeddedPostgres
    kafka: EmbeddedKafka


OwnServersFactory = Callable[[], Awaitable[OwnServers]]


def pytest_configure(config: pytest.Config) -> None:
    given: str | None = getattr(config, "workerinput", {}).get("yima_run_directory")
    if given is None:
        _stop_left_overs()
        given = str(_new_home(where=_roomy_place()))
    config.stash[_RUN_DIRECTORY] = Path(given)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells each parallel worker where the run's servers live."""
    node.workerinput["yima_run_directory"] = str(node.config.stash[_RUN_DIRECTORY])


def pytest_unconfigure(config: pytest.Config) -> None:
    directory = config.stash.get(_RUN_DIRECTORY, None)
    if directory is not None and not hasattr(config, "workerinput"):
        asyncio.run(_remove_home(directory))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_postgres(pytestconfig: pytest.Config) -> EmbeddedPostgres:
    """The run's one PostgreSQL; tests use `postgres_dsn`."""
    server = _shared_postgres(pytestconfig.stash[_RUN_DIRECTORY])
    await _start_once(server)
    return server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka_bootstrap(pytestconfig: pytest.Config) -> str:
    """Where clients of the run's one Kafka begin; name topics with `topic_prefix`."""
    server = _shared_kafka(pytestconfig.stash[_RUN_DIRECTORY])
    await _start_once(server)
    return server.bootstrap


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_dsn(shared_postgres: EmbeddedPostgres) -> str:
    """The administrator's address of a database that this worker has for itself. Roles are shared by all workers."""
    return await databases.new_database(shared_postgres, {})


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lasting_database(shared_postgres: EmbeddedPostgres) -> NewDatabase:
    """Makes databases for what runs as long as the run: of two services on one schema only one relay would lead."""

    async def make(**schemas: Sequence[Component]) -> str:
        return await databases.new_database(shared_postgres, schemas)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def new_database(shared_postgres: EmbeddedPostgres) -> AsyncIterator[NewDatabase]:
    """Makes databases that last as long as the test."""
    made: list[str] = []

    async def make(**schemas: Sequence[Component]) -> str:
        made.append(await databases.new_database(shared_postgres, schemas))
        return made[-1]

    yield make
    # On a disk they stay until the server goes: ext4 remembers for minutes which files are gone, and searches all of
    # them for each new file, which took half of a whole run's time.
    if shared_postgres.home.is_relative_to(_IN_MEMORY):
        for dsn in made:
            await databases.drop_database(shared_postgres, dsn)


@pytest_asyncio.fixture(loop_scope="session")
async def fresh_postgres_dsn(new_database: NewDatabase) -> str:
    """The administrator's address of an empty database that this test has for itself."""
    return await new_database()


@pytest_asyncio.fixture(loop_scope="session")
async def topic_prefix(kafka_bootstrap: str) -> AsyncIterator[str]:
    """What this test's topics and consumer groups begin with; its topics go with it.

    Every client is told of all topics when it starts: with those of a whole run that took most of the run's time.
    """
    prefix = f"t{uuid.uuid4().hex[:12]}."
    yield prefix
    await drop_topics(kafka_bootstrap, prefix)


@pytest_asyncio.fixture(loop_scope="session")
async def server_home() -> AsyncIterator[Path]:
    """A directory for a server of a test's own; what still runs there at its end is killed."""
    home = await asyncio.to_thread(_new_home, "own-")
    yield home
    await _remove_home(home)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform_home() -> AsyncIterator[Path]:
    """The same for the platform on which a worker tries the commands that need one and leave it running."""
    home = await asyncio.to_thread(_new_home, "own-")
    yield home
    await _remove_home(home)


@pytest_asyncio.fixture(loop_scope="session")
async def own_servers() -> AsyncIterator[OwnServersFactory]:
    """Starts servers that belong to this test; called twice, it starts two of each."""
    homes: list[Path] = []

    async def start() -> OwnServers:
        home = await asyncio.to_thread(_new_home, "own-")
        servers = OwnServers(EmbeddedPostgres(home / "postgres"), EmbeddedKafka(home / "kafka"))
        homes.append(home)
        await asyncio.gather(servers.postgres.start(), servers.kafka.start())
        return servers

    yield start
    for home in homes:
        await _remove_home(home)


def _roomy_place() -> Path:
    """Where the run's servers live."""
    in_memory = os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free >= _ROOM_BYTES
    return _IN_MEMORY if in_memory else _ON_DISK


def _new_home(kind: str = "", where: Path = _ON_DISK) -> Path:
    """A directory that PostgreSQL's user may pass and that tells the next run whether we still live."""
    home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}", dir=where))
    home.chmod(0o711)
    ProcessRecord.of(os.getpid()).write(home / "run.json")
    return home


async def _remove_home(home: Path) -> None:
    for server in (EmbeddedPostgres(home / "postgres"), EmbeddedKafka(home / "kafka")):
        await server.kill()
    await asyncio.to_thread(shutil.rmtree, home)


def _shared_postgres(directory: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(directory / "postgres", settings=THROWN_AWAY)


def _shared_kafka(directory: Path) -> EmbeddedKafka:
    return EmbeddedKafka(directory / "kafka")


async def _start_once(server: EmbeddedServer) -> None:
    lock = server.home.with_suffix(".lock").open("w")
    with lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        await server.start()


def _stop_left_overs() -> None:
    """Stops what a killed run could not; a run that still lives keeps its servers."""
    for directory in (*_ON_DISK.glob(f"{_PREFIX}*"), *_IN_MEMORY.glob(f"{_PREFIX}*")):
        record = ProcessRecord.read(directory / "run.json")
        if record is not None and record.process() is None:
            asyncio.run(_remove_home(directory))
