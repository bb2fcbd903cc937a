"""Turns on a stream: of those who act on it at once in one process, each finds what the one before it left.

Promise: only another process can be faster, however many come at once; nobody waits for who acts on another stream.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is on each stream."""

    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def on(self, stream: str) -> asyncio.Lock:
        """To be held as long as one acts on this stream."""
        # It lives as long as somebody has it or waits for it.
        return self._locks.setdefault(stream, asyncio.Lock())

    @asynccontextmanager
    async def on_all(self, *streams: str) -> AsyncIterator[None]:
        """To be held as long as one acts on all of these; taken in one order, so that no two wait for each other."""
        async with AsyncExitStack() as held:
            for stream in sorted(set(streams)):
                await held.enter_async_context(self.on(stream))
            yield
