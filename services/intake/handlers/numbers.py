"""Ticket numbers, taken from the database a thousand at a time: no two processes share one, and nobody waits."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.intake.domain.number import ticket_number
from services.intake.queries import SQL
from shared.kernel.database import Pool

# As the sequence's increment.
BLOCK = 1000


@dataclass(slots=True)
class Numbers:
    """The numbers of one process."""

    pool: Pool
    _block: Iterator[int] = field(default_factory=lambda: iter(()))
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self) -> str:
        """A number that nobody has."""
        sequence = next(self._block, None)
        return ticket_number(await self._of_new_block() if sequence is None else sequence)

    async def _of_new_block(self) -> int:
        async with self._lock:
            # Whoever waited for the lock finds the block that the first one fetched.
            sequence = next(self._block, None)
            if sequence is not None:
                return sequence
            first = int(await self.pool.fetchval(SQL["reserve_numbers"]))
            self._block = iter(range(first + 1, first + BLOCK))
            return first
