"""Turns on a stream: of those who act on it at once in one process, each finds what the one before it left.

Promise: only another process can be faster, however many come at once; nobody waits for who acts on another stream.
"""

import asyncio
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
