"""Questions that no sums tell take turns, and hold up nobody else."""

import asyncio
from datetime import date
from threading import get_ident

import pytest

from services.reporting.domain.errors import OthersAskMuchError
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.queries.turns import ROWS_ON_THE_LOOP_MAX, Turns, off_the_loop

APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
WIDE = Question(period=APRIL, by=By.UNIT, category="order")


async def test_who_comes_while_all_turns_are_taken_waits_so_long_and_is_refused() -> None:
    turns = Turns(asyncio.Semaphore(1), within_s=0.001)

    async with turns.on(WIDE):
        with pytest.raises(OthersAskMuchError):
            async with turns.on(WIDE):
                pass

    async with turns.on(WIDE):
        assert turns.free.locked()


async def test_what_sums_tell_waits_for_nobody() -> None:
    turns = Turns(asyncio.Semaphore(1), within_s=0.001)

    async with turns.on(WIDE), turns.on(Question(period=APRIL, by=By.DAY, area="grid")):
        assert turns.free.locked()


async def test_who_fails_leaves_the_turn_to_the_next() -> None:
    turns = Turns(asyncio.Semaphore(1), within_s=0.001)

    with pytest.raises(LookupError):
        async with turns.on(WIDE):
            raise LookupError

    assert not turns.free.locked()


async def test_what_is_not_small_is_worked_through_in_a_thread() -> None:
    few, many = await off_the_loop(ROWS_ON_THE_LOOP_MAX, get_ident), await off_the_loop(10**6, get_ident)

    assert (few == get_ident(), many == get_ident()) == (True, False)
