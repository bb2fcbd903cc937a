"""What alarms ask of routing: urgent cases overdue, units that nobody answers for, when the list of holidays ends."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from services.routing import queries
from services.routing.domain.rulebook import calendars_end
from services.routing.queries import Needed
from shared.directory import Directory, DirectoryFollower
from shared.kernel import metrics
from shared.kernel.database import PLATFORM_ERRORS, Pool
from shared.kernel.loops import beat

# As often as it is asked for.
COUNT_EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class Alarms:
    """The answers as metrics."""

    pool: Pool
    directory: DirectoryFollower
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            beat()
            # That the database is away is told by readiness itself.
            with suppress(*PLATFORM_ERRORS):
                await self.count()
            await asyncio.sleep(COUNT_EVERY_S)

    async def count(self) -> None:
        """Tell each of them as it is now."""
        now = self.now()
        metrics.URGENT_OVERDUE.set(await queries.urgent_overdue(self.pool, now))
        needed = await queries.units_needed(self.pool)
        directory = await self.directory.current()
        _tell_unanswered(unanswered(directory, needed, now))
        if (end := calendars_end(directory.calendars.values())) is not None:
            metrics.CALENDARS_END.labels(service="routing").set(end.timestamp())


def unanswered(directory: Directory, needed: Mapping[str, Needed], at: datetime) -> Mapping[str, Needed]:
    """Units that are needed and that nobody answers for.

    An urgent case needs somebody at once; any other can wait for the next turn, where the rota has one to come.
    """
    return {
        unit: cases
        for unit, cases in needed.items()
        if directory.on_duty(unit, at) is None and (cases.urgent or not directory.turns(unit, at))
    }


def _tell_unanswered(units: Mapping[str, Needed]) -> None:
    # Whoever has somebody again is told of no more.
    metrics.NOBODY_ON_DUTY.clear()
    for unit, cases in units.items():
        metrics.NOBODY_ON_DUTY.labels(unit=unit, urgent="yes" if cases.urgent else "no").set(cases.urgent or cases.all)
