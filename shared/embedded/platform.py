"""What one running platform is made of, and what it tells the person who started it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from shared.kernel.account import Account
from shared.kernel.bucket import Bucket
from shared.kernel.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Everything that the four services in one process need to be told. The database's address holds a password."""

    database_url: str = field(repr=False)
    # Of each service in this process.
    database_connections_max: int = 16
    kafka_bootstrap: str
    port: int
    data_dir: Path
    host: str = "127.0.0.1"
    # Where backups are put, by whoever makes them; the metrics tell when the newest was finished.
    backups_dir: Path | None = None
    # Keys that somebody else keeps, instead of those in the data directory.
    keys_file: Path | None = None
    # Where photos are kept, instead of folders in the data directory.
    photos_bucket: Bucket | None = None
    kafka_account: Account | None = None
    kafka_replication: int = 1
    kafka_partitions: int = 24
    # Addresses or networks of proxies of ours: only they are believed about whom they speak for.
    trusted_proxies: tuple[str, ...] = ()
    # Addresses or networks that may read the metrics.
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1")
    # What people's phones and partners see in links, where that is another address than our own.
    public_origin: str | None = None
    # Sample people have phones that no operator can assign; a district that serves residents refuses them.
    allow_unassigned_phones: bool = True
    # Several platforms can share one Kafka, and one can live at another time: tests have need of both.
    topic_prefix: str = ""
    clock: Clock = field(default_factory=SystemClock)

    @property
    def public_host(self) -> str:
        """Where people think that they are: beyond a proxy on this machine, elsewhere than where it listens."""
        return (urlsplit(self.public_origin).hostname if self.public_origin else None) or self.host

    @property
    def public_url(self) -> str:
        """What links in messages begin with."""
        return (self.public_origin or self.origin).rstrip("/")

    @property
    def origin(self) -> str:
        """What every address of the platform begins with."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstUseAccount:
    """A staff account whose password is shown once, at the start that made it."""

    name: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a start has made ready: one place to report from, and the accounts that are new."""

    place_code: str
    accounts: Sequence[FirstUseAccount] = ()
    sandbox_shown: bool = True
