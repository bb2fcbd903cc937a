"""Who we are to a Kafka that asks."""

from dataclasses import dataclass, field
from pathlib import Path
from ssl import create_default_context
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are to a broker that asks: SCRAM-SHA-512 over TLS, whose authority is a file or one of the system's."""

    username: str
    password: str = field(repr=False)
    authority: Path | None = None

    @property
    def client_settings(self) -> dict[str, Any]:
        """As the library takes them."""
        return {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
            "ssl_context": create_default_context(cafile=self.authority),
        }
