"""Where the command line works: the data directory, the port, and stores that are not ours to start."""

import os
import re
import ssl
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote, urlsplit

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from services.cli.errors import BadSettingError, UnknownSettingError
from services.cli.wording import worded
from services.intake.config import Config as IntakeConfig
from services.notify.config import Config as NotifyConfig
from services.reporting.config import Config as ReportingConfig
from services.routing.config import Config as RoutingConfig
from shared.embedded.errors import SecretFileError
from shared.embedded.jars import MIRROR
from shared.kernel.account import Account
from shared.kernel.bucket import Bucket
from shared.settings import SettingsWithSecrets, read_secret, settings_of

CHECKOUT = Path(__file__).parents[2]
# What can be set, for each setting that can be set wrongly.
ALLOWED: Mapping[str, str] = {
    "port": "setting_port",
    "kafka_replication": "setting_count",
    "kafka_partitions": "setting_count",
    "trusted_proxies": "setting_networks",
    "metrics_from": "setting_networks",
    "allow_unassigned_phones": "setting_yes_or_no",
    "wait_seconds_max": "setting_count",
    "database_connections_max": "setting_connections",
    "photos_url": "setting_photos_url",
    "photos_endpoint": "setting_endpoint",
    "photos_path_style": "setting_yes_or_no",
}
PREFIX = "YIMA_"
# One for each loop that may hold one, and one to answer whether all is well.
CONNECTIONS_MIN = 4
# What the launcher tells each service: set for one service alone, it would not count.
PASSED_IN = frozenset(
    {
        "platform_key", "hmac_key", "session_key", "public_url", "data_dir", "allow_unassigned_phones", "host",
        "photos_bucket",
    }
)  # fmt: skip
# Read by tests and benchmarks, which start our commands with all that they were started with.
READ_ELSEWHERE = frozenset({MIRROR, "YIMA_LEDGER_SEEDS", "YIMA_RESIDENTS_MESSAGES", "YIMA_TEST_DSN"})


class LaunchSettings(SettingsWithSecrets):
    """Read once from the environment (YIMA_DATA_DIR, YIMA_PORT, …)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    data_dir: Path = CHECKOUT / ".yima"
    # Where the newest backup is looked for; we make none.
    backups_dir: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    database_url: SecretStr | None = None
    # Apart from the address where a file holds nothing but the password.
    database_password: SecretStr | None = None
    # Of each service in a process: what the processes of a district may have together, the database must take.
    database_connections_max: int = Field(default=16, ge=CONNECTIONS_MIN)
    # The platform's keys, where somebody else keeps them: then none are ever made.
    secrets_file: Path | None = None
    # A bucket to keep photos in, instead of folders in the data directory, and who we are to it.
    photos_url: str | None = Field(default=None, pattern=r"^s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/[\w-][\w.-]*)*/?$")
    photos_endpoint: str | None = Field(default=None, pattern=r"^https?://[^/@?#\s]+/?$")
    photos_region: str = "us-east-1"
    photos_path_style: bool = True
    photos_access_key_id: SecretStr | None = None
    photos_secret_access_key: SecretStr | None = None
    photos_ca_file: Path | None = None
    kafka_bootstrap: str | None = None
    # Who we are to a Kafka that asks, with a password; and who vouches for it, where that is none of the system's.
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_ca_file: Path | None = None
    kafka_replication: int = Field(default=1, ge=1)
    kafka_partitions: int | None = Field(default=None, ge=1)
    public_url: str | None = None
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    metrics_from: tuple[IPvAnyNetwork, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
    allow_unassigned_phones: bool = True
    # How long a service waits for its database, and a migration for database and Kafka.
    wait_seconds_max: int = Field(default=300, ge=1)

    @property
    def database_dsn(self) -> str | None:
        """The address with its password, wherever that stood."""
        if self.database_url is None or self.database_password is None:
            return self.database_url.get_secret_value() if self.database_url else None
        parts = urlsplit(self.database_url.get_secret_value())
        user, _, host = parts.netloc.rpartition("@")
        password = quote(self.database_password.get_secret_value(), safe="")
        return parts._replace(netloc=f"{user.partition(':')[0]}:{password}@{host}").geturl()

    @property
    def kafka_account(self) -> Account | None:
        """Who we are to Kafka.

        Raises:
            SecretFileError: there is a name and no password, or no authority where one is named.
        """
        if self.kafka_username is None:
            return None
        if self.kafka_password is None:
            raise SecretFileError("YIMA_KAFKA_PASSWORD")
        _check_authority(self.kafka_ca_file)
        return Account(self.kafka_username, self.kafka_password.get_secret_value(), self.kafka_ca_file)

    @property
    def photos_bucket(self) -> Bucket | None:
        """Where photos are kept, where that is a bucket.

        Raises:
            SecretFileError: there is no account, or no authority where one is named.
        """
        if self.photos_url is None:
            return None
        if self.photos_access_key_id is None or self.photos_secret_access_key is None:
            raise SecretFileError("YIMA_PHOTOS_ACCESS_KEY_ID, YIMA_PHOTOS_SECRET_ACCESS_KEY")
        _check_authority(self.photos_ca_file)
        parts = urlsplit(self.photos_url)
        return Bucket(
            name=parts.netloc,
            prefix=parts.path.strip("/"),
            region=self.photos_region,
            endpoint=self.photos_endpoint.rstrip("/") if self.photos_endpoint else None,
            path_style=self.photos_path_style,
            access_key_id=self.photos_access_key_id.get_secret_value(),
            secret_access_key=self.photos_secret_access_key.get_secret_value(),
            authority=self.photos_ca_file,
        )

    @property
    def postgres_home(self) -> Path:
        return self.data_dir.absolute() / "postgres"

    @property
    def kafka_home(self) -> Path:
        return self.data_dir.absolute() / "kafka"


def launch_settings(port: int | None = None) -> LaunchSettings:
    """The environment's settings; what was typed comes first. A wrong one is named without its value.

    Raises:
        BadSettingError: with what each wrong one can be set to.
        UnknownSettingError: a name that begins as ours do and that nothing reads: a misspelt one would change nothing.
        SecretFileError: a secret's file is missing or empty.
    """
    if unknown := unknown_settings(os.environ):
        raise UnknownSettingError(", ".join(_with_what_was_meant(name) for name in unknown))
    try:
        return LaunchSettings() if port is None else LaunchSettings(port=port)
    except ValidationError as error:
        wrong = [str(problem["loc"][0]) for problem in error.errors()]
        raise BadSettingError(_with_what_can_be_set(wrong)) from None
    except SettingsError as error:
        # A list that is no JSON does not get as far as its validation.
        raise BadSettingError(_with_what_can_be_set(re.findall(r'field "(\w+)"', str(error)))) from None


def _check_authority(file: Path | None) -> None:
    """Refuse what vouches for nobody before a client library does, in words of its own.

    Raises:
        SecretFileError: the file is missing or holds no certificate.
    """
    if file is None:
        return
    read_secret(file)
    try:
        ssl.create_default_context(cafile=file)
    except ssl.SSLError:
        raise SecretFileError(str(file)) from None


def known_settings() -> frozenset[str]:
    """Every name that the platform reads from the environment."""
    of_services = settings_of(IntakeConfig, RoutingConfig, NotifyConfig, ReportingConfig, passed_in=PASSED_IN)
    return settings_of(LaunchSettings) | of_services | READ_ELSEWHERE


def unknown_settings(environment: Iterable[str]) -> list[str]:
    """Names that begin as ours do and that nothing reads."""
    ours = (name for name in environment if name.upper().startswith(PREFIX))
    return sorted(name for name in ours if name.upper() not in known_settings())


def _with_what_was_meant(name: str) -> str:
    meant = get_close_matches(name.upper(), known_settings(), n=1)
    return f"{name}（{meant[0]}?）" if meant else name


def _with_what_can_be_set(names: Iterable[str]) -> str:
    return ", ".join(f"YIMA_{name.upper()}（{worded(ALLOWED[name])}）" for name in dict.fromkeys(names))
