"""Routing's settings, frozen and read once: its own from YIMA_ROUTING_…, the platform's keys from who starts it."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.kernel.bucket import Bucket


class Config(BaseSettings):
    """What routing needs to be told."""

    model_config = SettingsConfigDict(env_prefix="YIMA_ROUTING_", frozen=True)

    platform_key: bytes = Field(repr=False, description="Wraps every person's key.")
    hmac_key: bytes = Field(repr=False, description="Compares what must not be stored: bodies, addresses.")
    session_key: bytes = Field(repr=False, description="Signs the hidden field of forms.")
    public_url: str = Field(description="The origin that people see, without a slash at its end.")
    data_dir: Path = Field(description="Holds `evidence/` of routing and `photos/` of intake.")
    photos_bucket: Bucket | None = Field(default=None, description="Holds both instead, where there is one.")
    allow_unassigned_phones: bool = Field(default=False, description="Sample people may have sample phones.")

    # In which language a rule asks the units that it calls; a case keeps what it was asked in.
    staff_locale: Literal["zh", "en"] = "zh"

    # Where staff prove who they are, if not (only) by a local account; its discovery document says the rest.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_client_secret_file: Path | None = None
    oidc_scope: str = "openid profile"
    # The claim of the ID token that is the person's id in the directory.
    oidc_claim: str = "preferred_username"
    # What staff call the provider; shown on the button.
    oidc_name: str = ""
    oidc_timeout_s: float = 10.0
    # How long the way to the provider and back may take, with a forgotten password in between.
    oidc_minutes: int = 30
    local_accounts: bool = True

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
    # Of who coordinates others at a desk: what is open in their grid fits on a page, and can be chosen at once.
    inbox_page_rows_wide: int = 50
    photos_max: int = 6
    photo_megabytes_max: int = 10
    # Beyond what the form takes, so that its own page says what is too much.
    body_megabytes_max: int = 128

    @model_validator(mode="after")
    def _somebody_can_sign_in(self) -> "Config":
        if not self.oidc_issuer:
            if not self.local_accounts:
                message = "YIMA_ROUTING_LOCAL_ACCOUNTS=false needs YIMA_ROUTING_OIDC_ISSUER"
                raise ValueError(message)
            return self
        secret_file = self.oidc_client_secret_file
        has_secret = bool(self.oidc_secret()) if not secret_file or secret_file.is_file() else False
        if not self.oidc_client_id or not has_secret:
            message = "YIMA_ROUTING_OIDC_ISSUER needs YIMA_ROUTING_OIDC_CLIENT_ID and _OIDC_CLIENT_SECRET or its _FILE"
            raise ValueError(message)
        if not _is_confidential(self.oidc_issuer):
            message = "YIMA_ROUTING_OIDC_ISSUER must begin with https://, but on this machine"
            raise ValueError(message)
        return self

    def oidc_secret(self) -> str:
        """By which we prove to the provider who we are; a file comes before the environment."""
        if self.oidc_client_secret_file:
            return self.oidc_client_secret_file.read_text(encoding="utf-8").strip()
        return self.oidc_client_secret.get_secret_value()

    @property
    def is_secure(self) -> bool:
        """Whether people reach us over HTTPS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")


def _is_confidential(address: str) -> bool:
    """Whether nobody between us and there can read or change what is said."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
