"""Who acts on one stream at once goes one after the other; other streams do not wait, and nothing is left behind."""

import asyncio
from weakref import ref

from shared.kernel.turns import Turns


async def test_who_acts_on_one_stream_finds_what_the_one_before_left() -> None:
    turns, version = Turns(), 0

    async def act() -> None:
        nonlocal version
        async with turns.on("case-1"):
            seen = version
            await asyncio.sleep(0)  # Whoever could act now would read the same version.
            version = seen + 1

    await asyncio.gather(*(act() for _ in range(30)))

    assert version == 30


async def test_another_stream_waits_for_nobody() -> None:
    turns = Turns()

    async with turns.on("case-1"), asyncio.timeout(1), turns.on("case-2"):
        pass


async def test_turn_is_forgotten_when_nobody_has_it_or_waits_for_it() -> None:
    turns = Turns()

    async with turns.on("case-1"):
        turn = ref(turns.on("case-1"))
        assert turns.on("case-1").locked()

    assert turn() is None


async def test_who_acts_on_two_streams_at_once_waits_for_nobody_who_waits_for_them() -> None:
    turns, acted = Turns(), 0

    async def act(*streams: str) -> None:
        nonlocal acted
        async with turns.on_all(*streams):
            await asyncio.sleep(0)  # Whoever had but one of them by now would wait for the other for ever.
            acted += 1

    async with asyncio.timeout(5):
        await asyncio.gather(*(act(*pair) for pair in [("case-1", "case-2"), ("case-2", "case-1")] * 15))

    assert acted == 30


async def test_turns_on_several_streams_are_one_on_a_stream_that_is_named_twice() -> None:
    turns = Turns()

    async with asyncio.timeout(1), turns.on_all("case-1", "case-1"):
        assert turns.on("case-1").locked()

    assert not turns.on("case-1").locked()
