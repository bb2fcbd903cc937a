"""A server's process: in a session of its own, known again after a crash by its pid and start time."""

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

T = TypeVar("T")

# Start times are rounded differently by kernels and tools; a pid is not handed out again this quickly.
START_TIME_TOLERANCE_SECONDS = 2.0

SERVER_PORTS = range(15_000, 32_000)

# A child must be reaped by its parent or it stays a zombie; who adopts a left-over has no child to reap.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process that a later process of ours can find again without mistaking a stranger for it."""

    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """The living process, or nothing when it ended or its pid went to another."""
        reap(self.pid)
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < START_TIME_TOLERANCE_SECONDS
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    def write(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "ProcessRecord | None":
        try:
            content = json.loads(path.read_text())
            return cls(pid=int(content["pid"]), started=float(content["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @classmethod
    def of(cls, pid: int) -> "ProcessRecord":
        return cls(pid=pid, started=psutil.Process(pid).create_time())


def reap(pid: int) -> None:
    """Collects the exit code of a child of ours that has ended."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]


def spawn(argv: Sequence[str], *, log: Path, user: str | None = None, cwd: Path = Path("/")) -> ProcessRecord:
    """Starts a server that a Ctrl-C in our terminal does not reach, so that we stop it in order."""
    with log.open("ab") as sink:
        child = subprocess.Popen(  # noqa: S603 - our own command lines, no shell
            argv,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
            env=clean_environment(),
            cwd=cwd,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    _children[child.pid] = child
    return ProcessRecord.of(child.pid)


def run(argv: Sequence[str], *, log: Path, user: str | None = None) -> int:
    """Runs a preparing command to its end and gives its exit code; what it said is in the log."""
    return _children[spawn(argv, log=log, user=user).pid].wait()


def clean_environment() -> dict[str, str]:
    """Our environment without the settings of other people's Java, Kafka and PostgreSQL."""
    foreign = ("PG", "KAFKA_", "JAVA_", "_JAVA", "JDK_", "CLASSPATH", "LC_", "LANG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {"LC_ALL": "C", "PATH": os.environ.get("PATH") or os.defpath}


async def end(record: ProcessRecord, *, first: signal.Signals, patience_seconds: float) -> None:
    """Asks a process to end, and ends it and its children the hard way when it does not."""
    family = _family(record)
    _send(family[:1], first)
    if not await _all_gone(family, seconds=patience_seconds):
        await slay(record)


async def slay(record: ProcessRecord) -> None:
    """Kills a process and its children at once, as a power cut would."""
    family = _family(record)
    _send(family, signal.SIGKILL)
    await _all_gone(family, seconds=10)


def _family(record: ProcessRecord) -> list[psutil.Process]:
    process = record.process()
    if process is None:
        return []
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _send(processes: Sequence[psutil.Process], signal_number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(signal_number)
        except psutil.NoSuchProcess:
            continue


async def _all_gone(processes: Sequence[psutil.Process], *, seconds: float) -> bool:
    async for _ in ticks(seconds=seconds):
        if not any(_lives(process) for process in processes):
            return True
    return not processes


def _lives(process: psutil.Process) -> bool:
    reap(process.pid)
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def ticks(*, seconds: float, pause_seconds: float = 0.05) -> AsyncIterator[None]:
    """Occasions to look again, until the time is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while loop.time() < deadline:
        yield
        await asyncio.sleep(pause_seconds)


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Lets short work in a thread come to its end before a cancellation goes on, so that what it started is known."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def is_free(port: int) -> bool:
    """Whether a server of ours could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody uses, below those that systems hand out to clients and so might take before we start."""
    while not is_free(port := secrets.choice(SERVER_PORTS)):
        continue
    return port


def write_private(path: Path, content: str) -> None:
    """Replaces a small file as a whole, readable by nobody else."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(content)
    fresh.replace(path)
