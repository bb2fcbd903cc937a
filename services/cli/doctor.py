"""What keeps the platform from starting on this machine or from doing its work, and what to do about each."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

from services.cli.running import LAUNCHER, embedded_servers, launcher, processes, ready
from services.cli.settings import LaunchSettings
from services.cli.wording import worded
from shared.embedded import jars
from shared.embedded.errors import NoCacheDirectoryError
from shared.embedded.processes import is_free
from shared.kernel.clock import Clock

PYTHON_MIN = (3, 11)
# The programs, Kafka's first logs, a database with its log, and some air.
DISK_MB_MIN = 2_000
# The year this was written: no platform can have been started before it.
YEAR_MIN = 2026
NETWORK_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong; the catalogue says what and what to do."""

    check: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return worded(self.check, **self.values)


def examine(settings: LaunchSettings, clock: Clock) -> Sequence[Finding]:
    """Everything that is wrong, in the order in which it should be mended."""
    return [finding for check in checks(settings, clock) for finding in check()]


def checks(settings: LaunchSettings, clock: Clock) -> Sequence[Callable[[], Iterator[Finding]]]:
    """Each check on its own."""
    return [
        lambda: python_version(sys.version_info[:2]),
        lambda: clock_plausible(clock),
        lambda: disk_space(settings.data_dir),
        lambda: data_directories(settings),
        lambda: left_over_processes(settings),
        lambda: port_free(settings),
        lambda: first_download(settings),
        lambda: ended_stores(settings),
        lambda: unready_services(settings),
    ]


def whether_it_runs(settings: LaunchSettings) -> str:
    """Neither is wrong, but who asks what is wrong has to know which it is."""
    known = ready(settings.data_dir)
    if known is not None:
        return worded("doctor_runs", origin=known.origin)
    if launcher(settings.data_dir) is not None:
        return worded("doctor_starts")
    return worded("doctor_down", data_dir=settings.data_dir)


def python_version(version: tuple[int, ...]) -> Iterator[Finding]:
    if version < PYTHON_MIN:
        yield Finding("checked_python", {"version": ".".join(map(str, version))})


def clock_plausible(clock: Clock) -> Iterator[Finding]:
    year = clock.now().year
    if year < YEAR_MIN:
        yield Finding("checked_clock", {"year": year})


def disk_space(data_dir: Path) -> Iterator[Finding]:
    directory = next(candidate for candidate in (data_dir, *data_dir.absolute().parents) if candidate.exists())
    free_mb = shutil.disk_usage(directory).free // (1024 * 1024)
    if free_mb < DISK_MB_MIN:
        yield Finding("checked_disk", {"directory": directory, "free_mb": free_mb, "needed_mb": DISK_MB_MIN})


def data_directories(settings: LaunchSettings) -> Iterator[Finding]:
    """Looks at the stores' data, which only their owner (or root) can."""
    for server in embedded_servers(settings):
        if server.home.exists() and not os.access(server.home, os.W_OK):
            yield Finding("checked_data_foreign", {"directory": server.home})
        elif server.data.exists() and not server.is_whole():
            yield Finding("checked_data_half_written", {"directory": server.data})
        elif server.has_left_partial and not server.running:
            yield Finding("checked_data_interrupted", {"directory": server.home})


def left_over_processes(settings: LaunchSettings) -> Iterator[Finding]:
    """Stores that run while nobody is there to stop them."""
    if launcher(settings.data_dir) is None:
        for process in processes(settings):
            yield Finding("checked_left_over", {"name": process.name, "pid": process.pid})


def port_free(settings: LaunchSettings) -> Iterator[Finding]:
    """A port that our own running platform holds is as it should be."""
    if not is_free(settings.port) and not any(process.name == LAUNCHER for process in processes(settings)):
        yield Finding("checked_port", {"port": settings.port, "holder": holder_of(settings.port)})


def holder_of(port: int) -> str:
    """Who listens there; other users' programs stay unknown to an ordinary user."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,):
                return f"{psutil.Process(connection.pid).name()} {connection.pid}"
    return "?"


def first_download(settings: LaunchSettings) -> Iterator[Finding]:
    """The network is asked only where something is still to be fetched."""
    if settings.kafka_bootstrap is not None:
        return
    try:
        missing = not jars.are_here()
    except NoCacheDirectoryError:
        yield Finding("checked_cache")
        return
    if missing and not _reachable(jars.source()):
        yield Finding("checked_network")


def ended_stores(settings: LaunchSettings) -> Iterator[Finding]:
    """Stores of a running platform that run no more: the launcher starts them only with itself."""
    if ready(settings.data_dir) is not None:
        for server in embedded_servers(settings):
            if server.running is None:
                yield Finding("checked_store_ended", {"name": server.name, "log": server.home / "log"})


def unready_services(settings: LaunchSettings) -> Iterator[Finding]:
    """What the running platform itself says keeps it from its work."""
    known = ready(settings.data_dir)
    if known is None:
        return
    try:
        answer = httpx2.get(f"{known.origin}/readyz", timeout=NETWORK_TIMEOUT_SECONDS).json()
    except (httpx2.HTTPError, ValueError):
        yield Finding("checked_silent", {"port": known.port})
        return
    for service, troubles in answer["troubles"].items():
        yield Finding("checked_not_ready", {"service": service, "troubles": _said(troubles)})
    for service, limits in answer.get("limits", {}).items():
        yield Finding("checked_limited", {"service": service, "limits": _said(limits)})


def _said(by_part: Mapping[str, str]) -> str:
    return ", ".join(f"{part}: {what}" for part, what in by_part.items())


def _reachable(address: str) -> bool:
    try:
        httpx2.head(address, timeout=NETWORK_TIMEOUT_SECONDS, follow_redirects=True)
    except httpx2.HTTPError:
        return False
    return True
