"""The platform's own keys: made once for a data directory, readable by its owner only."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from shared.embedded.errors import SecretFileError
from shared.embedded.processes import write_private
from shared.settings import read_secret

KEY_BYTES = 32
SECRETS = "secrets.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSecrets:
    """Whoever loses the platform key loses every sealed name and phone: back it up apart from the data."""

    platform_key: bytes = field(repr=False)
    hmac_key: bytes = field(repr=False)
    session_key: bytes = field(repr=False)

    @classmethod
    def of(cls, data_dir: Path) -> "PlatformSecrets":
        """Reads the keys, making them at the first start."""
        path = data_dir / SECRETS
        if not path.exists():
            made = {name: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for name in cls.__slots__}
            write_private(path, json.dumps(made, indent=2))
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> "PlatformSecrets":
        """Reads keys that somebody else keeps.

        Raises:
            SecretFileError: the file is missing or empty, or does not hold the three keys.
        """
        try:
            content: dict[str, str] = json.loads(read_secret(path))
            keys = {name: base64.b64decode(content[name], validate=True) for name in cls.__slots__}
        except (ValueError, KeyError, TypeError):
            raise SecretFileError(str(path)) from None
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise SecretFileError(str(path))
        return cls(**keys)
