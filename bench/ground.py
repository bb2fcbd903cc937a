"""The ground that is measured on: PostgreSQL and Kafka in a directory of their own, and servers as `yima` starts them.

PostgreSQL has the platform's durable settings (fsync on). It also notes when each transaction was committed, which is
how the moment of a provider's acceptance is known without asking.
"""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.machine import CHECKOUT
from bench.programs import run_command
from bench.wire import Wire
from shared.embedded.kafka import PARTITIONS, EmbeddedKafka
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.processes import free_port
from shared.kernel.database import Connection

READY_WITHIN_S = 90.0
STOP_WITHIN_S = 30.0
YIMA = (sys.executable, "-m", "services.cli")
PLACE = "XMHYAPX7"
QUOTA_PER_MINUTE = 100_000_000


class ServerFailedError(Exception):
    """A measured server did not come up; its log says why."""


class CommandFailedError(Exception):
    """A measured command ended in an error."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server on a port of this machine, in a process of its own."""

    port: int
    process: asyncio.subprocess.Process

    async def ready(self, *, within_s: float = READY_WITHIN_S) -> None:
        """Wait until it can do its work.

        Raises:
            ServerFailedError: it ended, or did not get ready in time.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.process.returncode is None:
                    if await _answers(self.port):
                        return
                    await asyncio.sleep(0.1)
        raise ServerFailedError

    async def stop(self) -> None:
        """End it in order, or else the hard way."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_WITHIN_S):
                    await self.process.wait()
        if self.process.returncode is None:
            self.process.kill()


@dataclass(frozen=True, slots=True)
class Stores:
    """A PostgreSQL and a Kafka, and how commands and servers of `yima` are told of them."""

    home: Path
    postgres: EmbeddedPostgres
    kafka: EmbeddedKafka

    def environment(self, port: int) -> Mapping[str, str]:
        """What makes a process of ours use these stores."""
        return {
            "YIMA_DATA_DIR": str(self.home / "data"),
            "YIMA_DATABASE_URL": self.postgres.dsn,
            "YIMA_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            # What `yima up` gives the Kafka that it starts itself.
            "YIMA_KAFKA_PARTITIONS": str(PARTITIONS),
            "YIMA_PORT": str(port),
            "YIMA_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }

    async def yima(self, *arguments: str) -> bytes:
        """Run a command of `yima` on these stores and give what it wrote."""
        return await run_command([*YIMA, *arguments], environment=self.environment(free_port()))

    @asynccontextmanager
    async def yima_process(self, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The same as a process that can be watched while it runs.

        Raises:
            CommandFailedError: it ended in an error.
        """
        process = await asyncio.create_subprocess_exec(
            *YIMA,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=CHECKOUT,
            env={**os.environ, **self.environment(free_port())},
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            raise CommandFailedError(" ".join(arguments))

    async def partner_key(self) -> str:
        """The API key of a partner system that no quota slows down."""
        quota = str(QUOTA_PER_MINUTE)
        told = await self.yima("partner", "create", "bench", "--scope", "tickets:write", "--quota", quota, "--json")
        return str(json.loads(told)["api_key"])

    async def connect(self) -> Connection:
        """An administrator's connection, for counting."""
        return await asyncpg.connect(self.postgres.dsn, server_settings={"application_name": "bench"})


@asynccontextmanager
async def stores() -> AsyncIterator[Stores]:
    """Stores of this run alone, removed with all they hold at its end."""
    home = await asyncio.to_thread(_new_home)
    postgres = EmbeddedPostgres(home / "postgres", settings={"track_commit_timestamp": "on"})
    kafka = EmbeddedKafka(home / "kafka")
    try:
        await asyncio.gather(postgres.start(), kafka.start())
        yield Stores(home, postgres, kafka)
    finally:
        await asyncio.gather(postgres.kill(), kafka.kill())
        await asyncio.to_thread(shutil.rmtree, home)


def _new_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="yima-bench-"))
    # PostgreSQL may run as a user of its own, who has to pass.
    home.chmod(0o711)
    return home


@asynccontextmanager
async def platform(ground: Stores, *, settings: Mapping[str, str] | None = None) -> AsyncIterator[Server]:
    """All four services in one process, as `yima up` runs them."""
    async with _served(ground, [*YIMA, "up"], settings or {}) as server:
        yield server


@asynccontextmanager
async def intake_alone(ground: Stores) -> AsyncIterator[Server]:
    """Intake with its relay, as `yima serve intake` runs it; the platform has run once before, for the directory."""
    async with _served(ground, [*YIMA, "serve", "intake"], {}) as server:
        yield server


@asynccontextmanager
async def routing_alone(ground: Stores) -> AsyncIterator[Server]:
    """Routing with its relay, as `yima serve routing` runs it; the platform has run once before, for the directory."""
    async with _served(ground, [*YIMA, "serve", "routing"], {}) as server:
        yield server


@asynccontextmanager
async def noop(ground: Stores) -> AsyncIterator[Server]:
    """The floor: a server that does nothing."""
    async with _served(ground, [sys.executable, "-m", "bench.noop"], {}) as server:
        yield server


@asynccontextmanager
async def _served(ground: Stores, command: Sequence[str], settings: Mapping[str, str]) -> AsyncIterator[Server]:
    port = free_port()
    with (ground.home / f"log-{port}").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=CHECKOUT,
            env={**os.environ, **ground.environment(port), **settings},
        )
    server = Server(port, process)
    try:
        await server.ready()
        yield server
    except ServerFailedError:
        raise ServerFailedError((ground.home / f"log-{port}").read_text(errors="replace")[-2000:]) from None
    finally:
        await server.stop()


async def _answers(port: int) -> bool:
    try:
        wire = await Wire.connect(port)
        answer = await wire.ask(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
    except OSError:
        return False
    wire.close()
    return answer.status == 200
