"""What every command of intake stands on."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.adapters.photos import PhotoStore
from services.intake.config import Config
from services.intake.domain.ticket import Ticket, evolve
from services.intake.handlers.access import Access
from services.intake.handlers.numbers import Numbers
from services.intake.handlers.reporters import Reporters
from shared.directory import DirectoryFollower
from shared.kernel.event_store import EventStore, Fold
from shared.kernel.runtime import Runtime
from shared.kernel.together import AppendTogether
from shared.privacy import Keyring, blind_index
from shared.web.passes import Passes

FOLD: Fold[Ticket | None] = Fold(None, evolve)


@dataclass(frozen=True, slots=True)
class Intake:
    """The running service."""

    config: Config
    runtime: Runtime
    keyring: Keyring
    directory: DirectoryFollower
    numbers: Numbers
    reporters: Reporters
    access: Access
    photos: PhotoStore
    appends: AppendTogether

    @property
    def store(self) -> EventStore:
        """The event log."""
        return self.runtime.store

    @property
    def passes(self) -> Passes:
        """What reads the passes that the desk's door gives."""
        return Passes(self.config.session_key, self.now)

    def now(self) -> datetime:
        """The moment, by the service's clock."""
        return self.runtime.ground.clock.now()

    def tracking_token(self, ticket_id: UUID) -> str:
        """What opens a ticket's status page: 32 bytes that only the holder of our key can work out.

        Made from the id, so that a repeated command can be answered again though no token is stored anywhere.
        """
        secret = bytes.fromhex(blind_index(self.config.hmac_key, f"tracking token of {ticket_id}"))
        return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()

    def status_url(self, token: str) -> str:
        """The tracking link."""
        return f"{self.config.public_url}/t/{token}"

    def hmac_of(self, parts: Sequence[bytes]) -> bytes:
        """What a repeated request is compared by; nothing of the body is kept."""
        mac = hmac.new(self.config.hmac_key, digestmod=hashlib.sha256)
        for part in parts:
            mac.update(len(part).to_bytes(8, "big") + part)
        return mac.digest()


def token_hash(token: str) -> bytes:
    """What a tracking token is found by."""
    return hashlib.sha256(token.encode()).digest()
