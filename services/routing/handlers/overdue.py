"""How many urgent cases are past their deadline, for the alarm that somebody in need waits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from services.routing import queries
from shared.kernel import metrics
from shared.kernel.database import PLATFORM_ERRORS, Pool
from shared.kernel.loops import beat

# As often as it is asked for.
COUNT_EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class UrgentOverdue:
    """The count as a metric."""

    pool: Pool
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            beat()
            # That the database is away is told by readiness itself.
            with suppress(*PLATFORM_ERRORS):
                metrics.URGENT_OVERDUE.set(await queries.urgent_overdue(self.pool, self.now()))
            await asyncio.sleep(COUNT_EVERY_S)
