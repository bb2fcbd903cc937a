"""A library that takes every cancellation for its own task's holds nobody up."""

import asyncio
import contextlib

import pytest

from shared.kernel.cancellation import cancellation_kept


async def closed(began: asyncio.Event) -> str:
    """As the library closes a client: its own task ends cancelled, so it looks away at any cancellation."""
    with cancellation_kept(), contextlib.suppress(asyncio.CancelledError):
        began.set()
        await asyncio.Event().wait()
    return "went on"


async def test_who_is_cancelled_while_a_client_closes_does_not_go_on() -> None:
    began = asyncio.Event()
    task = asyncio.create_task(closed(began))
    await began.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_closes_a_client_because_it_was_cancelled_is_not_cancelled_once_more() -> None:
    async def cancelled_before() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            with cancellation_kept():
                await asyncio.sleep(0)
            return "closed in order"
        return "never"

    task = asyncio.create_task(cancelled_before())
    await asyncio.sleep(0)
    task.cancel()

    assert await task == "closed in order"
