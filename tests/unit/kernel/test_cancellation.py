"""A library that takes every cancellation for its own task's holds nobody up."""

import asyncio
import contextlib

import pytest
from aiokafka import AIOKafkaConsumer

from shared.kernel.cancellation import cancellation_kept
from shared.kernel.kafka import close_consumer


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


async def test_a_close_that_looks_away_and_then_fails_is_a_cancellation_too() -> None:
    began = asyncio.Event()

    async def fails() -> None:
        with cancellation_kept():
            with contextlib.suppress(asyncio.CancelledError):
                began.set()
                await asyncio.Event().wait()
            raise OSError

    task = asyncio.create_task(fails())
    await began.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_while_its_consumer_closes_ends_so(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer, began = AIOKafkaConsumer(bootstrap_servers="127.0.0.1:9"), asyncio.Event()

    async def looks_away() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            began.set()
            await asyncio.Event().wait()

    # As the library's own stop does, whose moment no test can meet.
    monkeypatch.setattr(consumer, "stop", looks_away)
    task = asyncio.create_task(close_consumer(consumer))
    await began.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
