"""Whose session it is: asked of the database once a second for each token that is in use.

Promise: a session that ends is over at once where that is said, and within a second in every other process.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.routing.queries import SQL
from shared.kernel.clock import Clock
from shared.kernel.database import Pool

KNOWN_FOR = timedelta(seconds=1)
KNOWN_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who holds it, and whether they must change their password before anything else."""

    person: str
    must_change: bool
    expires_at: datetime


@dataclass(slots=True)
class Sessions:
    """The sessions that this process has asked for lately."""

    pool: Pool
    clock: Clock
    # Whether those that a password began count.
    local_accounts: bool
    _known: OrderedDict[bytes, tuple[Session, datetime]] = field(default_factory=OrderedDict)
    _ended: int = 0

    async def held(self, token: str) -> Session | None:
        """The session of this token, none when it is over."""
        digest, now, ended = token_hash(token), self.clock.now(), self._ended
        session, asked_at = self._known.get(digest, (None, now))
        if session is None or abs(now - asked_at) > KNOWN_FOR:
            row = await self.pool.fetchrow(SQL["session"], digest, now, self.local_accounts)
            session = Session(**row) if row else None
            self._remember(digest, session, now, ended)
        return session if session is not None and session.expires_at > now else None

    def some_ended(self) -> None:
        """Ask anew for each: the database knows which. One that is being asked for now may just have missed it."""
        self._known.clear()
        self._ended += 1

    def _remember(self, digest: bytes, session: Session | None, now: datetime, ended: int) -> None:
        if session is None:
            self._known.pop(digest, None)
        elif ended == self._ended:
            self._known[digest] = session, now
            self._known.move_to_end(digest)
            if len(self._known) > KNOWN_MAX:
                self._known.popitem(last=False)


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
