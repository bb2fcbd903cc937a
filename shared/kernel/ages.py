"""How long what waits has waited.

Promise: the ages that alarms look at come from the database alone, so that they rise while the broker is away.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from shared.kernel import metrics
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.database import PLATFORM_ERRORS, Pool
from shared.kernel.event_store import SQL
from shared.kernel.loops import beat

MEASURE_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages of one service."""

    service: str
    pool: Pool
    clock: Clock = field(default_factory=SystemClock)

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            beat()
            # That the database is away is told by readiness itself.
            with suppress(*PLATFORM_ERRORS):
                await self.measure()
            await asyncio.sleep(MEASURE_EVERY_S)

    async def measure(self) -> None:
        """Look once."""
        unsent = await self.pool.fetchval(SQL["oldest_outbox_age"])
        metrics.OUTBOX_AGE.labels(service=self.service).set(unsent or 0)
        parked = await self.pool.fetchval(SQL["oldest_parked_age"], self.service)
        metrics.PARKED_AGE.labels(consumer=self.service).set(parked or 0)
        late = await self.pool.fetchval(SQL["oldest_timer_lateness"], self.clock.now())
        metrics.TIMERS_LATE.labels(service=self.service).set(max(0.0, late or 0.0))
        failing = await self.pool.fetchval(SQL["failing_timers"])
        metrics.TIMERS_FAILING.labels(service=self.service).set(failing)
