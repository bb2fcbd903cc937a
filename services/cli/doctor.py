"""What keeps the platform from starting on this machine or from doing its work, and what to do about each."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import psutil

from services.cli.findings import Examined, Finding, Unseen
from services.cli.named import (
    NETWORK_TIMEOUT_SECONDS,
    asked_of,
    in_trouble,
    named_broker,
    named_database,
    named_services,
    named_tables,
    origins_of,
    readiness,
    run_apart,
    unseen_apart,
)
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

Check = Callable[[], Iterator[Finding | Unseen]]


def examine(settings: LaunchSettings, clock: Clock, origins: Sequence[str] = ()) -> Examined:
    """Everything that is wrong, in the order in which it should be mended, and what nobody looked at."""
    if not run_apart(settings, origins):
        looks = checks(settings, clock)
        return _examined(looks, apart=False, unseen=[], asked=asked_of(settings, []))
    asked = origins_of(settings, origins)
    looks = checks_apart(settings, clock, asked)
    return _examined(looks, apart=True, unseen=unseen_apart(settings, asked), asked=asked_of(settings, asked))


def _examined(looks: Sequence[Check], *, apart: bool, unseen: Iterable[Unseen], asked: Sequence[str]) -> Examined:
    found = [each for look in looks for each in look()]
    return Examined(
        findings=[each for each in found if isinstance(each, Finding)],
        unseen=[*(each for each in found if isinstance(each, Unseen)), *unseen],
        checks=len(looks),
        asked=asked,
        apart=apart,
    )


def checks(settings: LaunchSettings, clock: Clock) -> Sequence[Check]:
    """Each check on its own, of what `yima up` runs here."""
    return [
        *_of_any_machine(settings, clock),
        lambda: data_directories(settings),
        lambda: left_over_processes(settings),
        lambda: port_free(settings),
        lambda: first_download(settings),
        lambda: ended_stores(settings),
        lambda: named_database(settings),
        lambda: named_broker(settings),
        lambda: unready_services(settings),
    ]


def checks_apart(settings: LaunchSettings, clock: Clock, origins: Sequence[str]) -> Sequence[Check]:
    """Each check of what others run and was named to us."""
    return [
        *_of_any_machine(settings, clock),
        lambda: named_database(settings),
        lambda: named_tables(settings),
        lambda: named_broker(settings),
        lambda: named_services(origins),
    ]


def _of_any_machine(settings: LaunchSettings, clock: Clock) -> Sequence[Check]:
    return [
        lambda: python_version(sys.version_info[:2]),
        lambda: clock_plausible(clock),
        lambda: disk_space(settings.data_dir),
    ]


def examined_lines(settings: LaunchSettings, examined: Examined) -> list[str]:
    """A line each: what is wrong, what nobody looked at, and where we looked or whether it runs here."""
    wrong = [f"✗ {finding.text}" for finding in examined.findings]
    unseen = [f"· {each.text}" for each in examined.unseen]
    return [*(wrong or [f"✓ {worded('healthy', count=examined.checks)}"]), *unseen, f"· {_verdict(settings, examined)}"]


def examined_record(settings: LaunchSettings, examined: Examined) -> dict[str, Any]:
    """The same for machines. Whether it runs is known of what `yima up` started here."""
    known = ready(settings.data_dir)
    return {
        "running": None if examined.apart else launcher(settings.data_dir) is not None,
        "where": known.origin if known and not examined.apart else None,
        "asked": examined.asked,
        "findings": [{"check": each.check.removeprefix("checked_"), "text": each.text} for each in examined.findings],
        "not_looked_at": [{"part": each.part.removeprefix("unseen_"), "text": each.text} for each in examined.unseen],
    }


def _verdict(settings: LaunchSettings, examined: Examined) -> str:
    return worded("doctor_apart", asked=", ".join(examined.asked)) if examined.apart else whether_it_runs(settings)


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
    told = readiness(known.origin)
    if isinstance(told, str):
        yield Finding("checked_silent", {"port": known.port})
    else:
        yield from in_trouble(told)


def _reachable(address: str) -> bool:
    try:
        httpx2.head(address, timeout=NETWORK_TIMEOUT_SECONDS, follow_redirects=True)
    except httpx2.HTTPError:
        return False
    return True
