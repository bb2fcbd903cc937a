"""Tests wait for a condition, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE_S = 0.02


async def eventually(condition: Callable[[], Awaitable[bool]], *, timeout_s: float = 20) -> None:
    """Until the condition holds.

    Raises:
        TimeoutError: it did not within the time.
    """
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in another process's tables.
            await asyncio.sleep(PAUSE_S)
