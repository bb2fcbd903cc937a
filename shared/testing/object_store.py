"""A server that speaks S3, for tests: a real one (versitygw) on a folder of its own, which can be away or hang."""

import asyncio
import os
import shutil
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
import pytest

from shared.embedded.processes import free_port
from shared.kernel.bucket import Bucket
from shared.testing.waiting import eventually

PROGRAM = shutil.which("versitygw")
ACCOUNT, SECRET = "yima", "not-a-secret-of-anybody"
BUCKET = "photos-of-a-district"

needs_object_store = pytest.mark.skipif(
    PROGRAM is None and "CI" not in os.environ, reason="versitygw is not installed (CONTRIBUTING.md says how)"
)


class NotInstalledError(Exception):
    """versitygw is not installed; CONTRIBUTING.md says how."""


@dataclass(slots=True)
class ObjectServer:
    """One server; its buckets are folders in `home`."""

    home: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    _process: asyncio.subprocess.Process | None = None

    @property
    def below(self) -> Path:
        """What the bucket holds, as files."""
        return self.home / BUCKET

    async def __aenter__(self) -> Self:
        """Stopped at the end, whoever has started it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Until it takes connections."""
        if PROGRAM is None:
            raise NotInstalledError
        self.below.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            PROGRAM, "--quiet", "--port", f"127.0.0.1:{self.port}", *self.options, "posix", "--nometa", str(self.home),
            env={"ROOT_ACCESS_KEY": ACCOUNT, "ROOT_SECRET_KEY": SECRET},
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await eventually(self._listens)

    async def stop(self) -> None:
        """At once; what it had acknowledged is in its folder."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def hang(self) -> None:
        """Take connections, and answer nobody."""
        self._signal(signal.SIGSTOP)
        # Its threads stop one after the other.
        await eventually(self._stands_still)

    def go_on(self) -> None:
        """Answer again."""
        self._signal(signal.SIGCONT)

    def bucket(
        self, *, name: str = BUCKET, secret: str = SECRET, scheme: str = "http", authority: Path | None = None
    ) -> Bucket:
        """Its bucket, or one that is not there, by an account that it knows, or does not."""
        endpoint = f"{scheme}://127.0.0.1:{self.port}"
        return Bucket(
            name=name, prefix="pilot", region="us-east-1", endpoint=endpoint, access_key_id=ACCOUNT,
            secret_access_key=secret, authority=authority,
        )  # fmt: skip

    def _signal(self, what: signal.Signals) -> None:
        if self._process is not None:
            psutil.Process(self._process.pid).send_signal(what)

    async def _stands_still(self) -> bool:
        pid = self._process.pid if self._process else 0
        threads = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/stat")]  # noqa: ASYNC240 - no disk.
        return all(told.rpartition(")")[2].split()[0] == "T" for told in threads)

    async def _listens(self) -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", self.port)) == 0
