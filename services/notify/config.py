"""How notify is set up: read once from the environment (`YIMA_NOTIFY_…`), with what the platform passes in."""

from ipaddress import ip_address
from typing import Literal

from pydantic import SecretBytes, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import SettingsWithSecrets

LOOPBACK = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Config(SettingsWithSecrets):
    """Frozen settings."""

    model_config = SettingsConfigDict(env_prefix="YIMA_NOTIFY_", frozen=True, extra="ignore")

    platform_key: SecretBytes
    public_url: str
    # `yima serve` takes none but a named one: a district whose messages go nowhere would learn it from its residents.
    provider: Literal["sandbox", "twilio"] = "sandbox"
    # The sandbox shows phones, texts and links to whoever opens it: beyond this machine only where somebody says so.
    host: str = LOOPBACK
    sandbox_shown_beyond_loopback: bool = False
    staff_locale: str = "zh"
    # Opens `GET /api/v1/notifications`; without it nobody is let in.
    operator_key: SecretStr | None = None
    # How many batches are with the provider at once, so that one slow answer holds up its own batch only.
    senders: int = 4

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_sender: str = ""
    twilio_base_url: str | None = None
    twilio_timeout_s: float = 10.0

    @model_validator(mode="after")
    def _twilio_is_whole(self) -> "Config":
        whole = self.twilio_account_sid and self.twilio_auth_token.get_secret_value() and self.twilio_sender
        if self.provider == "twilio" and not whole:
            message = "YIMA_NOTIFY_PROVIDER=twilio needs YIMA_NOTIFY_TWILIO_ACCOUNT_SID, _AUTH_TOKEN and _SENDER"
            raise ValueError(message)
        return self

    @property
    def sandbox_shown(self) -> bool:
        """Whether the sandbox has pages."""
        return self.provider == "sandbox" and (is_loopback(self.host) or self.sandbox_shown_beyond_loopback)

    @property
    def senders_used(self) -> int:
        """The sandbox answers at once: more than one sender would only make its batches smaller."""
        return self.senders if self.provider == "twilio" else 1
