"""Where the command line works: the data directory, the port, and stores that are not ours to start."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from services.cli.errors import BadSettingError
from services.cli.wording import worded

CHECKOUT = Path(__file__).parents[2]
# What can be set, for each setting that can be set wrongly.
ALLOWED: Mapping[str, str] = {
    "port": "setting_port",
    "kafka_replication": "setting_count",
    "kafka_partitions": "setting_count",
    "trusted_proxies": "setting_networks",
    "metrics_from": "setting_networks",
    "allow_unassigned_phones": "setting_yes_or_no",
}


class LaunchSettings(BaseSettings):
    """Read once from the environment (YIMA_DATA_DIR, YIMA_PORT, …)."""

    model_config = SettingsConfigDict(env_prefix="YIMA_", frozen=True)

    data_dir: Path = CHECKOUT / ".yima"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    database_url: SecretStr | None = None
    kafka_bootstrap: str | None = None
    kafka_replication: int = Field(default=1, ge=1)
    kafka_partitions: int | None = Field(default=None, ge=1)
    public_url: str | None = None
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    metrics_from: tuple[IPvAnyNetwork, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
    allow_unassigned_phones: bool = True

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
    """
    try:
        return LaunchSettings() if port is None else LaunchSettings(port=port)
    except ValidationError as error:
        wrong = [str(problem["loc"][0]) for problem in error.errors()]
        raise BadSettingError(_with_what_can_be_set(wrong)) from None
    except SettingsError as error:
        # A list that is no JSON does not get as far as its validation.
        raise BadSettingError(_with_what_can_be_set(re.findall(r'field "(\w+)"', str(error)))) from None


def _with_what_can_be_set(names: Iterable[str]) -> str:
    return ", ".join(f"YIMA_{name.upper()}（{worded(ALLOWED[name])}）" for name in dict.fromkeys(names))
