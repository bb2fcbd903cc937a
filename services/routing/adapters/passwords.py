"""Passwords: hashed by argon2 in threads, few at once, so that a flood of sign-ins takes neither loop nor memory."""

import asyncio
import secrets
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

HASHES_AT_ONCE = 2


@dataclass(slots=True)
class Passwords:
    """Hashes of one cost; those of another cost are still verified."""

    time_cost: int
    memory_kib: int
    _hasher: PasswordHasher = field(init=False, repr=False)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHES_AT_ONCE))
    _no_ones: str | None = None

    def __post_init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=self.time_cost, memory_cost=self.memory_kib)

    async def hashed(self, password: str) -> str:
        """What is stored of a password."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verified(self, hashed: str, password: str) -> bool:
        """Whether the password is the one that was hashed."""
        async with self._places:
            try:
                return await asyncio.to_thread(self._hasher.verify, hashed, password)
            except VerifyMismatchError:
                return False

    async def refused(self, password: str) -> bool:
        """As long as a verification takes, for an account that does not exist: nobody learns which ones do."""
        if self._no_ones is None:
            self._no_ones = await self.hashed(secrets.token_urlsafe(16))
        return await self.verified(self._no_ones, password)
