"""Durable timers.

Promise: a due timer fires once, also when its holder dies; one whose reason has gone does nothing. Rows are claimed
with `FOR UPDATE SKIP LOCKED`, and firing (a command to the decider) deletes its row in the same transaction. What is
due together fires in one transaction; where one of them fails there, each fires alone. A timer whose handler fails is
put off, visibly, and holds up no other.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import structlog

from shared.kernel import metrics
from shared.kernel.clock import Clock
from shared.kernel.database import DOUBTFUL_ERRORS, ILL_ERRORS, Connection, answers
from shared.kernel.event_store import SQL, EventStore, Written
from shared.kernel.loops import Wake, beat
from shared.kernel.work import RACES, Timer, Work

log = structlog.get_logger()

BATCH = 100
POLL_S_MAX = 1.0
POLL_MAX = timedelta(seconds=POLL_S_MAX)
HELD_POLL_S = 0.2
PUT_OFF_MAX = timedelta(hours=1)
# Two to the twelfth second is beyond the hour; two to the fiftieth is more than a timedelta holds.
DOUBLINGS_MAX = 12

Fire = Callable[[Work, Timer], Awaitable[None]]
Prefetch = Callable[[Work, Sequence[Timer]], Awaitable[None]]


async def prefetch_nothing(_work: Work, _timers: Sequence[Timer]) -> None:
    """For a service that loads what each timer needs when it fires."""


@dataclass(slots=True)
class Timers:
    """The timers of one service: a function for each kind, and one that loads at once what they all will."""

    service: str
    store: EventStore
    clock: Clock
    fire_by_kind: Mapping[str, Fire]
    prefetch: Prefetch = prefetch_nothing
    bell: Wake = field(default_factory=Wake)

    def __post_init__(self) -> None:
        # A counter that begins with its first failure shows no increase by it.
        for kind in self.fire_by_kind:
            metrics.TIMERS_FAILED.labels(service=self.service, kind=kind)

    def told(self, written: Written) -> None:
        """One that is due before the next poll may not wait for it."""
        if written.first_due_at is not None and written.first_due_at <= self.clock.now() + POLL_MAX:
            self.bell.ring()

    async def run(self) -> None:
        """Fire what is due until cancelled."""
        while True:
            beat()
            if not await self.fire_due():
                await self.bell.wait(await self._until_next_s())

    async def fire_due(self) -> int:
        """Fire what is due now; returns how many fired or were put off, not those that another process holds."""
        rows = await self.store.pool.fetch(SQL["due_timers"], self.clock.now(), BATCH)
        due = [(Timer(row["kind"], row["subject"], row["generation"], row["due_at"]), row["attempts"]) for row in rows]
        together = await self._fire_together([timer for timer, _ in due]) if len(due) > 1 else None
        if together is not None:
            return together
        return sum([await self._fire(timer, attempts) for timer, attempts in due])

    async def _fire_together(self, timers: Sequence[Timer]) -> int | None:
        """How many fired; none where one stood in the way of all: which one shows when each fires alone."""
        try:
            return await self._fire_in_one(timers)
        except ILL_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is met again by the timer whose it is.
            log.info("timers_fire_one_by_one", service=self.service, error=type(error).__name__)
            return None

    async def _fire(self, timer: Timer, attempts: int) -> bool:
        try:
            return await self._fire_in_one([timer]) > 0
        except RACES:
            log.debug("timer_raced", kind=timer.kind)
            return False
        except ILL_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - one timer's failure must not hold up the others.
            await self._put_off(timer, attempts, error)
            return True

    async def _fire_in_one(self, timers: Sequence[Timer]) -> int:
        """One transaction; how many fired in it, without those that another process has."""
        async with self.store.pool.acquire() as connection:
            try:
                async with connection.transaction():
                    fired, written = await self._fire_in(connection, timers)
            except DOUBTFUL_ERRORS as error:
                if await answers(connection):
                    raise
                raise asyncpg.ConnectionDoesNotExistError from error
        for timer in fired:
            metrics.TIMERS_FIRED.labels(service=self.service, kind=timer.kind).inc()
        self.store.committed(written)
        return len(fired)

    async def _fire_in(self, connection: Connection, timers: Sequence[Timer]) -> tuple[list[Timer], Written]:
        rows = await connection.fetch(SQL["claim_timers"], *_keys(timers), [timer.due_at for timer in timers])
        held = {(row["kind"], row["subject"], row["generation"]) for row in rows}
        claimed = [timer for timer in timers if (timer.kind, timer.subject, timer.generation) in held]
        work = Work(connection, self.store, self.clock.now())
        if claimed:
            await self.prefetch(work, claimed)
            for timer in claimed:
                await self.fire_by_kind[timer.kind](work, timer)
            await work.flush()
            await connection.execute(SQL["delete_timers"], *_keys(claimed))
        return claimed, work.written

    async def _put_off(self, timer: Timer, attempts: int, error: Exception) -> None:
        later = self.clock.now() + min(timedelta(seconds=2 ** min(attempts, DOUBLINGS_MAX)), PUT_OFF_MAX)
        what = f"{type(error).__name__} at {metrics.where(error)}"
        key = timer.kind, timer.subject, timer.generation
        await self.store.pool.execute(SQL["put_off_timer"], *key, later, what)
        metrics.TIMERS_FAILED.labels(service=self.service, kind=timer.kind).inc()
        log.error("timer_put_off", kind=timer.kind, subject=timer.subject, error=what)

    async def _until_next_s(self) -> float:
        due_at = await self.store.pool.fetchval(SQL["next_timer_at"])
        if due_at is None:
            return POLL_S_MAX
        until_s = (due_at - self.clock.now()).total_seconds()
        # One that is due already is in another process's hands, or lost a race.
        return float(min(until_s, POLL_S_MAX)) if until_s > 0 else HELD_POLL_S


def _keys(timers: Sequence[Timer]) -> tuple[list[str], list[str], list[int]]:
    return (
        [timer.kind for timer in timers],
        [timer.subject for timer in timers],
        [timer.generation for timer in timers],
    )
