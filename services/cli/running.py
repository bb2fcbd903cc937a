"""The platform that runs on a data directory: claimed by one launcher, found and stopped by the other commands."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import psutil

from services.cli.errors import AlreadyRunningError, NotRunningError
from services.cli.settings import LaunchSettings
from shared.embedded.kafka import PARTITIONS as EMBEDDED_PARTITIONS
from shared.embedded.kafka import EmbeddedKafka
from shared.embedded.platform import Platform
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.processes import ProcessRecord, end, write_private
from shared.embedded.progress import Progress, Report, Step, silent
from shared.embedded.server import EmbeddedServer
from shared.kernel.kafka import PARTITIONS as CLUSTER_PARTITIONS

LAUNCHER = "yima"
LAUNCHER_LOG = "log"
STOP_SECONDS_MAX = 90


@dataclass(frozen=True, slots=True)
class Ready:
    """What a launcher writes down when its pages answer."""

    host: str
    port: int
    place_code: str

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class RunningProcess:
    """One process of the platform, as `yima status` shows it."""

    name: str
    pid: int
    memory_mb: int
    where: str


@contextmanager
def claimed(data_dir: Path) -> Iterator[None]:
    """Keeps a second launcher off the data; the system lifts the claim also when we crash."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "claim").open("w") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError from None
        # One that was killed has left word that it was ready, which would be taken for ours.
        _ready_file(data_dir).unlink(missing_ok=True)
        ProcessRecord.of(os.getpid()).write(_record_file(data_dir))
        try:
            yield
        finally:
            _ready_file(data_dir).unlink(missing_ok=True)
            _record_file(data_dir).unlink(missing_ok=True)


def opened_log(data_dir: Path) -> TextIO:
    """What a launcher logs, for as long as it lives and for its owner alone."""
    data_dir.mkdir(parents=True, exist_ok=True)
    log = data_dir / LAUNCHER_LOG
    log.touch(mode=0o600)
    return log.open("a", encoding="utf-8")


def launcher(data_dir: Path) -> ProcessRecord | None:
    """The process that started the platform and will stop it."""
    record = ProcessRecord.read(_record_file(data_dir))
    return record if record is not None and record.process() is not None else None


def write_ready(data_dir: Path, ready: Ready) -> None:
    write_private(_ready_file(data_dir), json.dumps(asdict(ready)))


def ready(data_dir: Path) -> Ready | None:
    """What the launcher wrote down, as long as it lives."""
    if launcher(data_dir) is None:
        return None
    with suppress(FileNotFoundError):
        return Ready(**json.loads(_ready_file(data_dir).read_text()))
    return None


def running_platform(settings: LaunchSettings) -> Platform:
    """The platform that other commands work on."""
    known = ready(settings.data_dir)
    if known is None:
        raise NotRunningError
    return platform_of(settings, host=known.host, port=known.port)


def platform_of(settings: LaunchSettings, *, host: str, port: int) -> Platform:
    """Where the stores are: those that were named to us, else our own."""
    return Platform(
        database_url=settings.database_dsn or EmbeddedPostgres(settings.postgres_home).dsn,
        database_connections_max=settings.database_connections_max,
        kafka_bootstrap=settings.kafka_bootstrap or EmbeddedKafka(settings.kafka_home).bootstrap,
        host=host,
        port=port,
        data_dir=settings.data_dir.absolute(),
        backups_dir=settings.backups_dir,
        keys_file=settings.secrets_file,
        photos_bucket=settings.photos_bucket,
        kafka_account=settings.kafka_account,
        kafka_replication=settings.kafka_replication,
        kafka_partitions=settings.kafka_partitions or _partitions_of(settings),
        public_origin=settings.public_url,
        trusted_proxies=tuple(map(str, settings.trusted_proxies)),
        metrics_from=tuple(map(str, settings.metrics_from)),
        allow_unassigned_phones=settings.allow_unassigned_phones,
    )


def _partitions_of(settings: LaunchSettings) -> int:
    return CLUSTER_PARTITIONS if settings.kafka_bootstrap else EMBEDDED_PARTITIONS


def embedded_servers(settings: LaunchSettings, report: Report = silent) -> Sequence[EmbeddedServer]:
    """The stores that are ours to start, in the order in which they are stopped."""
    servers: list[EmbeddedServer] = []
    if settings.kafka_bootstrap is None:
        servers.append(EmbeddedKafka(settings.kafka_home, report=report))
    if settings.database_url is None:
        servers.append(EmbeddedPostgres(settings.postgres_home, report=report))
    return servers


async def stop_everything(settings: LaunchSettings, report: Report) -> bool:
    """Stops the launcher, which stops its stores, and then what a crash left over; says whether there was anything."""
    found = launcher(settings.data_dir)
    if found is not None:
        report(Progress(Step.STOP_SERVICES))
        await end(found, first=signal.SIGTERM, patience_seconds=STOP_SECONDS_MAX)
    left_over = [server for server in embedded_servers(settings, report) if server.running]
    for server in left_over:
        await server.stop()
    return found is not None or bool(left_over)


def processes(settings: LaunchSettings) -> Sequence[RunningProcess]:
    """Every process of the platform that lives now."""
    known = ready(settings.data_dir)
    places = {LAUNCHER: known.origin if known else ""}
    records = {LAUNCHER: launcher(settings.data_dir)}
    for server in embedded_servers(settings):
        records[server.name] = server.running
        places[server.name] = str(server.home)
    return [
        RunningProcess(name, record.pid, _memory_mb(record), places[name]) for name, record in records.items() if record
    ]


def _memory_mb(record: ProcessRecord) -> int:
    process = record.process()
    if process is None:
        return 0
    # The launcher's children are the stores, which are counted for themselves.
    own = [process, *(child for child in process.children() if child.name() == "postgres")]
    return sum(_resident_bytes(member) for member in own) // (1024 * 1024)


def _resident_bytes(process: psutil.Process) -> int:
    """Memory shared by several processes is counted in shares where the system tells them."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.AccessDenied, AttributeError):
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _record_file(data_dir: Path) -> Path:
    return data_dir / "process.json"


def _ready_file(data_dir: Path) -> Path:
    return data_dir / "ready.json"
