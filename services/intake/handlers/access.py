"""Who may come in, and how often: partner systems by their keys, residents within limits."""

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil

from services.intake.config import Config
from services.intake.domain.errors import ApiKeyNotValidError, ScopeMissingError, TooManyRequestsError
from services.intake.queries import SQL
from shared.kernel.clock import Clock
from shared.kernel.database import Pool
from shared.privacy import blind_index
from shared.web.callers import network_of

KEY_PREFIX = "yima"
# So long may a revoked key still be taken for valid in a process that has just seen it.
KNOWN_FOR = timedelta(seconds=10)
KNOWN_MAX = 1_000
PARTNER_WINDOW = timedelta(minutes=1)
RESIDENT_WINDOW = timedelta(minutes=10)
PHONE_WINDOW = timedelta(days=1)
WINDOWS_KEPT = timedelta(days=2)
# A process takes a twentieth of a partner's quota at a time, so that most requests need no round trip for it.
LEASES_PER_QUOTA = 20


class Scope(StrEnum):
    """What an API key may be good for."""

    WRITE = "tickets:write"
    READ = "tickets:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner system, signed in."""

    id: str
    scopes: frozenset[str]
    quota_per_minute: int


@dataclass(slots=True)
class Lease:
    """What a process may still use of a partner's quota in this window; once the quota is used up, nothing more."""

    window: datetime
    left: int = 0
    used_up: bool = False
    # Of many requests at once one fetches more for all: each by itself, they would take the quota of other processes.
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)


@dataclass(slots=True)
class Access:
    """The doorkeeper of one process; the counts stand in the database, so that processes share them."""

    pool: Pool
    clock: Clock
    hmac_key: bytes = field(repr=False)
    _partners: OrderedDict[bytes, tuple[Partner, datetime]] = field(default_factory=OrderedDict, repr=False)
    _leases: dict[str, Lease] = field(default_factory=dict)

    async def partner(self, api_key: str, scope: Scope) -> Partner:
        """Who holds this key.

        Raises:
            ApiKeyNotValidError: nobody does, or no longer.
            ScopeMissingError: they may not do this.
        """
        digest = hashlib.sha256(api_key.encode(errors="replace")).digest()
        partner = self._remembered(digest) or await self._look_up(api_key, digest)
        if scope not in partner.scopes:
            raise ScopeMissingError(scope.value)
        return partner

    async def count_partner(self, partner: Partner) -> None:
        """Count one report of a partner.

        Raises:
            TooManyRequestsError: the quota of this minute is used up.
        """
        now = self.clock.now()
        window = window_start(now, PARTNER_WINDOW)
        lease = self._leases.get(partner.id)
        if lease is None or lease.window != window:
            lease = self._leases[partner.id] = Lease(window)
        async with lease.fetching:
            if lease.left <= 0 and not lease.used_up:
                await self._extend(lease, partner)
        if lease.left <= 0:
            raise TooManyRequestsError(seconds_left(now, PARTNER_WINDOW))
        lease.left -= 1

    async def count_resident(self, config: Config, *, address: str, place: str, phone: str | None) -> None:
        """Count one report of somebody without a key: by where they come from, then by the place and by the phone.

        In this order, so that what one address is refused uses up nothing of what the place's others may do.

        Raises:
            TooManyRequestsError: too many came within this window.
        """
        network = self._index("address", network_of(address))
        await self._count_report(config, f"address:{network}", place, phone)

    async def count_taken_down(self, config: Config, *, person: str, place: str, phone: str | None) -> None:
        """The same for a report by telephone, by who takes it down: a house's desks share an address.

        Raises:
            TooManyRequestsError: too many came within this window.
        """
        await self._count_report(config, f"staff:{person}", place, phone)

    async def _count_report(self, config: Config, subject: str, place: str, phone: str | None) -> None:
        await self._use(subject, config.reports_per_address_max, RESIDENT_WINDOW)
        await self._use(f"place:{place}", config.reports_per_place_max, RESIDENT_WINDOW)
        if phone is not None:
            await self._use(f"phone:{self._index('phone', phone)}", config.reports_per_phone_max, PHONE_WINDOW)

    async def forget_old_windows(self) -> None:
        """Drop the counters that nobody asks for any more."""
        await self.pool.execute(SQL["forget_windows"], self.clock.now() - WINDOWS_KEPT)

    def _remembered(self, digest: bytes) -> Partner | None:
        found = self._partners.get(digest)
        if found is None:
            return None
        partner, since = found
        if self.clock.now() - since > KNOWN_FOR:
            del self._partners[digest]
            return None
        return partner

    async def _look_up(self, api_key: str, digest: bytes) -> Partner:
        prefix, _, rest = api_key.partition("_")
        partner_id, _, secret = rest.partition("_")
        row = await self.pool.fetchrow(SQL["partner_of_key"], partner_id) if prefix == KEY_PREFIX else None
        expected = row["secret_sha256"] if row else b""
        if not hmac.compare_digest(expected, hashed(secret)) or row is None or row["revoked_at"]:
            raise ApiKeyNotValidError
        partner = Partner(id=row["id"], scopes=frozenset(row["scopes"]), quota_per_minute=row["quota_per_minute"])
        self._partners[digest] = (partner, self.clock.now())
        if len(self._partners) > KNOWN_MAX:
            self._partners.popitem(last=False)
        return partner

    async def _extend(self, lease: Lease, partner: Partner) -> None:
        size = max(1, partner.quota_per_minute // LEASES_PER_QUOTA)
        [row] = await self.pool.fetch(SQL["use_windows"], [f"partner:{partner.id}"], lease.window, size)
        before = row["used"] - size
        lease.left += max(0, min(size, partner.quota_per_minute - before))
        lease.used_up = lease.left <= 0

    async def _use(self, subject: str, allowed: int, window: timedelta) -> None:
        now = self.clock.now()
        [row] = await self.pool.fetch(SQL["use_windows"], [subject], window_start(now, window), 1)
        if row["used"] > allowed:
            raise TooManyRequestsError(seconds_left(now, window))

    def _index(self, kind: str, value: str) -> str:
        return blind_index(self.hmac_key, f"{kind} in a limit {value}")[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPartner:
    """A partner system just made: its key is shown once and stored nowhere."""

    id: str
    api_key: str = field(repr=False)


async def create_partner(
    pool: Pool, *, name: str, scopes: frozenset[Scope], quota_per_minute: int, at: datetime
) -> NewPartner:
    """Give a partner system a key."""
    partner_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    stored = sorted(scope.value for scope in scopes)
    await pool.execute(SQL["add_partner"], partner_id, name, hashed(secret), stored, quota_per_minute, at)
    return NewPartner(id=partner_id, api_key=f"{KEY_PREFIX}_{partner_id}_{secret}")


async def revoke_partner(pool: Pool, partner_id: str, *, at: datetime) -> bool:
    """Take a partner's key back; false when there is none to take back."""
    return await pool.fetchval(SQL["revoke_partner"], partner_id, at) is not None


def hashed(secret: str) -> bytes:
    """A random secret of 32 bytes needs no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def window_start(now: datetime, length: timedelta) -> datetime:
    """The beginning of the window in which we are."""
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def seconds_left(now: datetime, length: timedelta) -> int:
    """How long until the next window begins."""
    return ceil((window_start(now, length) + length - now).total_seconds())
