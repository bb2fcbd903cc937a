"""CPU time by part, as the kernel counts it: what does not depend on how busy the machine is otherwise."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

from bench.apart import Fleet
from shared.embedded.server import EmbeddedServer
from shared.kernel.database import Connection

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
# In `/proc/PID/stat`, after the name: of the process itself, and of its children that have ended and were waited for.
OWN, WITH_CHILDREN = slice(11, 13), slice(11, 15)
WHO = "SELECT pid, application_name FROM pg_stat_activity WHERE application_name LIKE 'yima\\_%'"

Seconds = Mapping[str, float]


async def cpu_seconds(fleet: Fleet, connection: Connection) -> Seconds:
    """What each part has used since it began: processes of ours, Kafka, PostgreSQL for each service and for itself."""
    used = defaultdict(float, {str(part): _used(pids) for part, pids in fleet.pids().items()})
    used["Kafka"] = _used([_pid_of(fleet.ground.kafka)])
    postmaster = _pid_of(fleet.ground.postgres)
    sessions = {row["pid"]: row["application_name"] for row in await connection.fetch(WHO)}
    for backend in psutil.Process(postmaster).children():
        used[f"PostgreSQL for {sessions.get(backend.pid, 'itself').removeprefix('yima_')}"] += _used([backend.pid])
    # Sessions and workers that have ended meanwhile.
    used["PostgreSQL for itself"] += _used([postmaster], WITH_CHILDREN)
    return used


def spent(before: Seconds, after: Seconds) -> Seconds:
    """The difference, the most first."""
    used = {name: after[name] - before.get(name, 0.0) for name in after}
    return dict(sorted(used.items(), key=lambda each: -each[1]))


def _used(pids: Iterable[int], fields: slice = OWN) -> float:
    return sum(_ticks(pid, fields) for pid in pids) * TICK_S


def _ticks(pid: int, fields: slice) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        # It has ended since it was listed.
        return 0
    return sum(int(each) for each in stat.rpartition(")")[2].split()[fields])


def _pid_of(server: EmbeddedServer) -> int:
    running = server.running
    assert running is not None  # noqa: S101 - what is measured runs.
    return running.pid
