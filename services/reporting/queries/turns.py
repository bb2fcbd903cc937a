"""Questions about much: so many at once, and what is not small off the loop, so that all others go on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from services.reporting.domain.errors import OthersAskMuchError
from services.reporting.domain.question import Question
from services.reporting.domain.sums import dimension_of

# More rows than these take longer than anybody else should wait for: some twenty milliseconds.
ROWS_ON_THE_LOOP_MAX = 2_000

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Turns:
    """Who works on a question that no sums tell: it is counted from the facts, which costs a hundred times as much."""

    free: asyncio.Semaphore
    within_s: float

    @asynccontextmanager
    async def on(self, question: Question) -> AsyncIterator[None]:
        """To be held as long as one works on it, and before a connection is taken: others need those meanwhile.

        Raises:
            OthersAskMuchError: no turn came in time.
        """
        if dimension_of(question.by, question.narrowed) is not None:
            yield
            return
        try:
            async with asyncio.timeout(self.within_s):
                await self.free.acquire()
        except TimeoutError:
            raise OthersAskMuchError from None
        try:
            yield
        finally:
            self.free.release()


async def off_the_loop(rows: int, work: Callable[[], Told]) -> Told:
    """Work through so many rows, in a thread unless they are few."""
    return await asyncio.to_thread(work) if rows > ROWS_ON_THE_LOOP_MAX else work()
