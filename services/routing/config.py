"""Routing's settings, frozen and read once: its own from YIMA_ROUTING_…, the platform's keys from who starts it."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    """What routing needs to be told."""

    model_config = SettingsConfigDict(env_prefix="YIMA_ROUTING_", frozen=True)

    platform_key: bytes = Field(repr=False, description="Wraps every person's key.")
    hmac_key: bytes = Field(repr=False, description="Compares what must not be stored: bodies, addresses.")
    session_key: bytes = Field(repr=False, description="Signs the hidden field of forms.")
    public_url: str = Field(description="The origin that people see, without a slash at its end.")
    data_dir: Path = Field(description="Holds `evidence/` of routing and `photos/` of intake.")
    allow_unassigned_phones: bool = Field(default=False, description="Sample people may have sample phones.")

    # In which language a rule asks the units that it calls; a case keeps what it was asked in.
    staff_locale: Literal["zh", "en"] = "zh"
    session_hours: int = 12
    password_length_min: int = 12
    password_time_cost: int = 3
    password_memory_kib: int = 64 * 1024
    sign_in_window_minutes: int = 15
    # Of one account from one address; from one address; of one account from anywhere, where a stranger's failures must
    # not easily shut out its owner.
    sign_in_failures_max: int = 10
    sign_in_failures_per_address_max: int = 50
    sign_in_failures_per_account_max: int = 200
    inbox_page_rows: int = 25
    photos_max: int = 6
    photo_megabytes_max: int = 10
    # Beyond what the form takes, so that its own page says what is too much.
    body_megabytes_max: int = 128

    @property
    def is_secure(self) -> bool:
        """Whether people reach us over HTTPS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")
