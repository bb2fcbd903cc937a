"""Effects on the outside world: an SMS, a webhook.

Promise: the attempt is committed before the outside world is touched; an outcome that is not known stays visibly
unknown and is never repeated blindly, not by a restart, a redelivery, a rebuild or a second process.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, Protocol, TypeVar

import structlog

from shared.kernel import metrics
from shared.kernel.clock import Clock
from shared.kernel.event_store import EventStore, Written
from shared.kernel.loops import Wake, beat
from shared.kernel.work import Work, transact

log = structlog.get_logger()

Attempt = TypeVar("Attempt")
Outcome = TypeVar("Outcome")

BATCH = 100
POLL_S = 1.0


class OutsideWorld(Protocol[Attempt, Outcome]):
    """What a service says of its effects."""

    async def claim(self, work: Work, limit: int) -> Sequence[Attempt]:
        """Pick what is to be tried now, held by this transaction, and record each attempt in it."""
        ...

    async def perform(self, attempt: Attempt) -> Outcome:
        """Touch the outside world. A failure to know what happened is an outcome too."""
        ...

    async def unknown(self, attempt: Attempt, cause: str) -> Outcome:
        """The outcome when nobody knows."""
        ...

    async def settle(self, work: Work, outcomes: Sequence[tuple[Attempt, Outcome]]) -> None:
        """Record what came of each attempt."""
        ...

    async def abandon(self, work: Work) -> int:
        """Record as unknown the attempts whose holder died; returns how many."""
        ...


@dataclass(slots=True)
class Effects(Generic[Attempt, Outcome]):
    """The loop that performs a service's effects."""

    service: str
    store: EventStore
    clock: Clock
    world: OutsideWorld[Attempt, Outcome]
    timeout_s: float = 20.0
    batch: int = BATCH
    bell: Wake = field(default_factory=Wake)

    def told(self, written: Written) -> None:
        """Something is due at once; what is due later is found each second."""
        if written.touches:
            self.bell.ring()

    async def run(self) -> None:
        """Perform until cancelled; what a dead holder left behind is found each second."""
        looked_at = -POLL_S
        while True:
            beat()
            if await self.perform_due() < self.batch:
                if monotonic() - looked_at >= POLL_S:
                    await self._transact(self.world.abandon)
                    looked_at = monotonic()
                await self.bell.wait(POLL_S)

    async def perform_due(self) -> int:
        """Perform what is due now; returns how many were tried.

        Outcomes are recorded as they come, those that came together by one commit: a slow answer neither holds up what
        is known of the others nor takes it along when the process dies.
        """
        attempts = await self._transact(lambda work: self.world.claim(work, self.batch))
        async with asyncio.TaskGroup() as performing:
            pending = {performing.create_task(self._perform(attempt)) for attempt in attempts}
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                await self._settle([task.result() for task in done])
        return len(attempts)

    async def _settle(self, outcomes: Sequence[tuple[Attempt, Outcome]]) -> None:
        await self._transact(lambda work: self.world.settle(work, outcomes))

    async def _perform(self, attempt: Attempt) -> tuple[Attempt, Outcome]:
        try:
            async with asyncio.timeout(self.timeout_s):
                outcome = await self.world.perform(attempt)
        except Exception as error:  # noqa: BLE001 - whatever happened out there, we do not know the outcome.
            log.warning("effect_unknown", service=self.service, error=type(error).__name__)
            outcome = await self.world.unknown(attempt, type(error).__name__)
        metrics.EFFECTS.labels(service=self.service, outcome=type(outcome).__name__).inc()
        return attempt, outcome

    async def _transact(self, act: "Callable[[Work], Awaitable[Result]]") -> "Result":
        return await transact(self.store, self.clock.now, act)


Result = TypeVar("Result")
