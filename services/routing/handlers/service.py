"""The routing service's parts, as its handlers use them."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from services.routing.adapters.identity import IdentityProvider
from services.routing.adapters.passwords import Passwords
from services.routing.adapters.photos import Photos
from services.routing.config import Config
from services.routing.domain.case import Case, evolve
from services.routing.domain.rulebook import Rulebook, rulebook_from
from services.routing.handlers.live import Live
from services.routing.handlers.sessions import Sessions
from shared.contracts.directory import DirectoryRecord
from shared.directory import Directory, DirectoryFollower
from shared.kernel.database import Connection
from shared.kernel.event_store import Fold, Request
from shared.kernel.runtime import Runtime
from shared.kernel.turns import Turns
from shared.privacy import NONCE_BYTES, Keyring

CASE: Fold[Case | None] = Fold(None, evolve)


def nonce() -> bytes:
    """Random bytes that seal one text."""
    return secrets.token_bytes(NONCE_BYTES)


@dataclass(slots=True)
class Rulebooks:
    """The rulebook of the directory as it stands, made anew only when that has changed."""

    directory: DirectoryFollower
    _of: Directory | None = None
    _made: Rulebook = field(default_factory=lambda: rulebook_from(()))

    async def current(self, held: Connection | None = None) -> Rulebook:
        """The rules and what they are applied with, read by the connection that the caller has."""
        directory = await self.directory.current(held)
        if directory is not self._of:
            self._of, self._made = directory, rulebook_from(_records(directory))
        return self._made


def _records(directory: Directory) -> Iterator[DirectoryRecord]:
    return chain(
        directory.places.values(),
        directory.units.values(),
        directory.categories.values(),
        directory.rules.values(),
        directory.calendars.values(),
        directory.duties.values(),
    )


@dataclass(frozen=True, slots=True)
class Routing:
    """A running routing service."""

    config: Config
    runtime: Runtime
    turns: Turns
    keyring: Keyring
    directory: DirectoryFollower
    rulebooks: Rulebooks
    photos: Photos
    passwords: Passwords
    live: Live
    sessions: Sessions
    # None where staff have local accounts only.
    provider: IdentityProvider | None

    def hmac_of(self, text: str) -> bytes:
        """What stands for a text that must not be stored."""
        return hmac.new(self.config.hmac_key, text.encode(), hashlib.sha256).digest()

    def request(self, *, caller: str, operation: str, key: str, body: str) -> Request:
        """A command that is answered once."""
        return Request(caller, operation, key, self.hmac_of(body))
