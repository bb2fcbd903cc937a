"""The life of an embedded server: begun once, found again after a crash, stopped in order, its data kept.

Each server has a home: `data/` is the server's own, beside it lie its log, its ports and the record of its process.
"""

import asyncio
import json
import shutil
import signal
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from shared.embedded.errors import HalfWrittenError, NotOursError, ServerFailedError, ServerSilentError
from shared.embedded.processes import (
    ProcessRecord,
    end,
    free_port,
    is_free,
    run,
    slay,
    spawn,
    ticks,
    uninterrupted,
    write_private,
)
from shared.embedded.progress import Progress, Report, Step, silent

PORTS_LET_GO_SECONDS_MAX = 5.0


class EmbeddedServer(ABC):
    """One server on this machine; its subclasses say how it is initialised, started and asked whether it is ready."""

    name: ClassVar[str]
    port_names: ClassVar[Sequence[str]]
    step_initialise: ClassVar[Step]
    step_start: ClassVar[Step]
    step_stop: ClassVar[Step]
    stop_signal: ClassVar[signal.Signals]
    start_seconds_max: ClassVar[float] = 60
    stop_seconds_max: ClassVar[float] = 30

    def __init__(self, home: Path, *, report: Report = silent) -> None:
        self.home = home.absolute()
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.user: str | None = None
        self._report = report

    @abstractmethod
    async def prepare(self) -> None:
        """Whatever the server needs besides its data: programs, a user to run as."""

    @abstractmethod
    def initialisation(self, into: Path) -> Sequence[str]:
        """The command that makes a new data directory."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The command that runs the server on its data directory."""

    @abstractmethod
    def is_whole(self) -> bool:
        """Whether the data directory has everything that a server needs to start on it."""

    @abstractmethod
    async def answers(self) -> bool:
        """Whether a client gets an answer."""

    @property
    def has_left_partial(self) -> bool:
        """Whether a preparation was interrupted; the next start does it again."""
        return self._partial.exists()

    @property
    def running(self) -> ProcessRecord | None:
        """The server's process, also one that an earlier run of ours left over."""
        record = ProcessRecord.read(self._record_file)
        return record if record is not None and record.process() is not None else None

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports of this server, the same at every start as long as nobody else has taken them."""
        ports: dict[str, int] = json.loads(self._ports_file.read_text())
        return ports

    async def start(self) -> None:
        """Brings the server up on its data; one that is already up is taken over as it is."""
        await asyncio.to_thread(self._open_home)
        if await self._adopted():
            return
        await self.prepare()
        await self._wait_for_ports()
        try:
            await uninterrupted(asyncio.to_thread(self._initialise_once))
            self._report(Progress(self.step_start))
            record = await uninterrupted(asyncio.to_thread(self._launch))
        except OSError as error:
            raise ServerFailedError(f"{self.log} ({error.strerror})") from error
        await self._wait_until_ready(record)

    async def stop(self) -> None:
        """Ends the server in order; what is not running is stopped already."""
        record = self.running
        if record is not None:
            self._report(Progress(self.step_stop))
            self.resume()
            await end(record, first=self.stop_signal, patience_seconds=self.stop_seconds_max)
        self._record_file.unlink(missing_ok=True)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def kill(self) -> None:
        """Ends the server as a power cut would, for tests of what survives it."""
        if self.running is not None:
            await slay(self.running)

    def pause(self) -> None:
        """Lets the server hang: it keeps its connections and answers nobody, until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    async def empty(self) -> None:
        """Removes all data of a stopped server, for tests of what survives that."""
        await asyncio.to_thread(shutil.rmtree, self.data)

    async def save_copy(self, copy: Path) -> None:
        """Keeps the data of a stopped server as they are now."""
        await asyncio.to_thread(_copy_tree, self.data, copy)

    async def return_to(self, copy: Path) -> None:
        """Puts a stopped server back to the data that `save_copy` kept."""
        await self.empty()
        await asyncio.to_thread(_copy_tree, copy, self.data)

    @property
    def _partial(self) -> Path:
        return self.home / "data.partial"

    @property
    def _record_file(self) -> Path:
        return self.home / "process.json"

    @property
    def _ports_file(self) -> Path:
        return self.home / "ports.json"

    def _signal(self, signal_number: signal.Signals) -> None:
        process = self.running and self.running.process()
        if process:
            process.send_signal(signal_number)

    def _open_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            self.log.touch(mode=0o600)
        except PermissionError as error:
            raise NotOursError(str(self.home)) from error

    async def _adopted(self) -> bool:
        if self.running is None:
            return False
        self.resume()
        async for _ in ticks(seconds=10, pause_seconds=0.5):
            if await self.answers():
                self._report(Progress(Step.LEFT_OVER_ADOPTED, subject=self.name))
                return True
        self._report(Progress(Step.LEFT_OVER_STOPPED, subject=self.name))
        await self.stop()
        return False

    def _initialise_once(self) -> None:
        self._choose_ports()
        if self.data.exists():
            if not self.is_whole():
                raise HalfWrittenError(self.data)
            return
        self._initialise()

    def _initialise(self) -> None:
        """Initialises beside and moves as a whole, so that an interruption leaves no half-written data directory."""
        partial = self._partial
        if partial.exists():
            self._report(Progress(Step.PARTIAL_DISCARDED, subject=str(partial)))
            shutil.rmtree(partial)
        self._report(Progress(self.step_initialise))
        partial.mkdir(mode=0o700)
        self._hand_over(partial)
        if run(self.initialisation(partial), log=self.log, user=self.user) != 0:
            raise ServerFailedError(str(self.log))
        partial.rename(self.data)

    def _hand_over(self, directory: Path) -> None:
        if self.user is not None:
            shutil.chown(directory, self.user, self.user)

    async def _wait_for_ports(self) -> None:
        """A large process that was killed lets go of its ports a moment after it is gone; others' clients know them."""
        async for _ in ticks(seconds=PORTS_LET_GO_SECONDS_MAX):
            if not self._ports_file.exists() or all(is_free(port) for port in self.ports.values()):
                return

    def _choose_ports(self) -> None:
        if not self._ports_file.exists() or not all(is_free(port) for port in self.ports.values()):
            chosen = {name: free_port() for name in self.port_names}
            write_private(self._ports_file, json.dumps(chosen))

    def _launch(self) -> ProcessRecord:
        record = spawn(self.command(), log=self.log, user=self.user)
        record.write(self._record_file)
        return record

    async def _wait_until_ready(self, record: ProcessRecord) -> None:
        async for _ in ticks(seconds=self.start_seconds_max, pause_seconds=0.1):
            if record.process() is None:
                raise ServerFailedError(str(self.log))
            if await self.answers():
                return
        await slay(record)
        raise ServerSilentError(str(self.log))


def _copy_tree(source: Path, target: Path) -> None:
    """Copies with owners, since the database's files belong to another user when we run as root."""
    shutil.copytree(source, target, symlinks=True, copy_function=_copy_owned)
    for directory in (source, *(found for found in source.rglob("*") if found.is_dir())):
        _own_alike(directory, target / directory.relative_to(source))


def _copy_owned(source: str, target: str) -> str:
    shutil.copy2(source, target)
    _own_alike(Path(source), Path(target))
    return target


def _own_alike(source: Path, target: Path) -> None:
    owner = source.stat()
    if target.stat().st_uid != owner.st_uid:
        shutil.chown(target, owner.st_uid, owner.st_gid)
