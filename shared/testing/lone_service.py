"""One of the ledger's services in a process of its own, to be killed: `python -m shared.testing.lone_service`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.kernel.kafka import Broker
from shared.testing.ledger import open_follower, open_publisher

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class LoneService:
    """A service's process, at work."""

    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """As the system kills what takes too much memory: no handler runs, nothing is closed."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def lone_service(kind: str, dsn: str, broker: Broker) -> AsyncIterator[LoneService]:
    """A `publisher` or a `follower` whose loops run; killed at the end at the latest."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "shared.testing.lone_service", kind, broker.bootstrap, broker.prefix),
        cwd=ROOT,
        env={**os.environ, "YIMA_TEST_DSN": dsn},
        stdout=asyncio.subprocess.PIPE,
    )
    service = LoneService(process)
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for.
        async for line in process.stdout:
            if line == b"at work\n":
                break
        yield service
    finally:
        await service.kill()


async def work(kind: str, bootstrap: str, prefix: str) -> None:
    """Open the service, start its loops, say so, and go on until killed."""
    dsn, broker = os.environ["YIMA_TEST_DSN"], Broker(bootstrap, prefix)
    runtime = await (open_publisher(dsn, broker) if kind == "publisher" else open_follower(dsn, broker))
    runtime.loops.start()
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
