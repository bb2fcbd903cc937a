"""The platform as a deployment of several machines runs it: each part of each service a process, as often as wanted."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.ground import YIMA, Server, ServerFailedError, Stores
from bench.machine import CHECKOUT
from shared.embedded.processes import free_port

# What one process has where it is alone; several share it, as they share the database's connections.
CONNECTIONS_MAX = 16
# Dozens of interpreters that start at once share the cores.
READY_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One role of one service."""

    service: str
    role: str

    def __str__(self) -> str:
        return f"{self.service} {self.role}"


INTAKE_WEB, DESK = Part("intake", "web"), Part("routing", "web")
ROUTING_CONSUMERS, ROUTING_RELAY = Part("routing", "consumers"), Part("routing", "relay")
# What a report passes on its way to the provider and into the figures.
CHAIN = (
    INTAKE_WEB,
    Part("intake", "relay"),
    Part("intake", "consumers"),
    ROUTING_CONSUMERS,
    ROUTING_RELAY,
    Part("notify", "consumers"),
    Part("notify", "relay"),
    Part("reporting", "consumers"),
)


@dataclass(slots=True)
class Fleet:
    """Processes by part. Of relays the first one leads: it was there alone."""

    ground: Stores
    connections_max: int
    servers: dict[Part, list[Server]] = field(default_factory=dict)

    def pids(self) -> Mapping[Part, Sequence[int]]:
        """Those of all that run."""
        return {
            part: [each.process.pid for each in servers if each.process.returncode is None]
            for part, servers in self.servers.items()
        }

    def ports(self, part: Part) -> Sequence[int]:
        """Those of a part, first to last."""
        return [server.port for server in self.servers[part]]

    async def add(self, parts: Sequence[Part]) -> None:
        """One process more of each of these, all ready."""
        added = {part: await self.begin(part) for part in parts}
        await asyncio.gather(*(self._ready(part, server) for part, server in added.items()))

    async def begin(self, part: Part) -> Server:
        """One process more, which is not waited for."""
        port = free_port()
        settings = {
            "YIMA_NOTIFY_PROVIDER": "sandbox",
            "YIMA_DATABASE_CONNECTIONS_MAX": str(self.connections_max),
        }
        with (self.ground.home / f"log-{part}-{port}").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(*YIMA, "serve", part.service, "--role", part.role),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=CHECKOUT,
                env={**os.environ, **self.ground.environment(port), **settings},
            )
        server = Server(port, process)
        self.servers.setdefault(part, []).append(server)
        return server

    async def kill_first(self, part: Part) -> None:
        """As the system kills, without a word."""
        [first, *_] = [each for each in self.servers[part] if each.process.returncode is None]
        first.process.kill()
        await first.process.wait()
        self.servers[part].remove(first)

    async def stop(self) -> None:
        """End them all in order."""
        await asyncio.gather(*(server.stop() for servers in self.servers.values() for server in servers))

    async def _ready(self, part: Part, server: Server) -> None:
        try:
            await server.ready(within_s=READY_WITHIN_S)
        except ServerFailedError:
            log = self.ground.home / f"log-{part}-{server.port}"
            raise ServerFailedError(log.read_text(errors="replace")[-2000:]) from None


@asynccontextmanager
async def apart(ground: Stores, parts: Sequence[Part], *, processes: int) -> AsyncIterator[Fleet]:
    """So many processes of each part, on stores that were migrated."""
    fleet = Fleet(ground, max(4, CONNECTIONS_MAX // processes))
    try:
        for _ in range(processes):
            await fleet.add(parts)
        yield fleet
    finally:
        await fleet.stop()
