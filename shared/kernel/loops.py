"""Loops that run as long as the service: started together, restarted with back-off when the platform fails, stopped.

Promise: a loop that fails is logged, counted and seen by `/readyz`; it is never silently gone.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

import structlog
from structlog.contextvars import bind_contextvars

from shared.kernel import metrics

log = structlog.get_logger()

BACK_OFF_S_MAX = 5.0
RECOVERED_AFTER_S = 2.0
STOP_WITHIN_S = 10.0
# Above all that a round may wait for: half a minute for a broker, a minute for a statement, a batch a stream at a time.
STALLED_AFTER_S = 300.0


class StopLoopError(Exception):
    """The loop can not go on until somebody acts; its message says what to do."""


class Role(StrEnum):
    """What a process of a service is for; on one machine it is for all three."""

    WEB = "web"
    CONSUMERS = "consumers"
    RELAY = "relay"


ALL_ROLES = frozenset(Role)


class Wake:
    """A bell: rung when there may be something to do, so that nobody waits for the next poll."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiter, now or when it next waits."""
        self._event.set()

    async def wait(self, timeout_s: float) -> None:
        """Until rung, or until the safety net's time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        self._event.clear()


def _always() -> bool:
    return True


@dataclass(slots=True)
class Loop:
    """One loop: `run` works until cancelled; `works` tells whether it has got as far as doing its work."""

    name: str
    run: Callable[[], Awaitable[None]]
    works: Callable[[], bool] = _always
    role: Role = Role.RELAY
    stopped: bool = False
    # From its first round on; a loop that tells of none is not listened to.
    beat_at: float | None = None
    _failure: str | None = None
    _running_since: float | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong now, none when all is well; a failure is over when the loop has worked for two seconds."""
        if self._failure is None:
            return None if self.works() else "starting"
        started = self._running_since
        recovered = started is not None and monotonic() - started > RECOVERED_AFTER_S and self.works()
        return None if recovered else self._failure

    def started(self) -> None:
        """It runs from now on."""
        self._running_since = monotonic()
        self.beat_at = None

    def ended(self, failure: str | None) -> None:
        """It runs no longer, and why; what failed before still counts when it came to a quiet end."""
        self._running_since = self.beat_at = None
        self._failure = failure or self._failure

    def stalled(self, within_s: float) -> bool:
        """Whether it began a round so long ago that it hangs, rather than has much to do or fails."""
        return self.beat_at is not None and monotonic() - self.beat_at > within_s


_current: ContextVar[Loop | None] = ContextVar("current_loop", default=None)


def beat() -> None:
    """Said by a loop at the beginning of each round: it lives, whether or not there was anything to do."""
    if (loop := _current.get()) is not None:
        loop.beat_at = monotonic()


@dataclass(slots=True)
class Loops:
    """All loops of a service, whose name each line that they log carries: several may run in one process."""

    service: str = ""
    loops: list[Loop] = field(default_factory=list)
    roles: Collection[Role] = ALL_ROLES
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def ours(self) -> Sequence[Loop]:
        """Those that this process is for."""
        return [loop for loop in self.loops if loop.role in self.roles]

    def add(
        self,
        name: str,
        run: Callable[[], Awaitable[None]],
        works: Callable[[], bool] = _always,
        role: Role = Role.RELAY,
    ) -> Loop:
        """Have `run` started with the others, where a process has this role."""
        loop = Loop(name, run, works, role)
        self.loops.append(loop)
        return loop

    def start(self) -> None:
        """Start all of ours, also those that had stopped until somebody acted."""
        for loop in self.ours:
            loop.stopped = False
        self._tasks = [asyncio.create_task(_keep_running(loop, self.service), name=loop.name) for loop in self.ours]

    async def stop(self) -> None:
        """Cancel all and wait until they are gone; one that a client library holds fast does not hold up the stop."""
        # A cancellation that meets a failure is lost to it (so does a TaskGroup): the loop must not begin anew.
        for loop in self.loops:
            loop.stopped = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, held = await asyncio.wait(self._tasks, timeout=STOP_WITHIN_S)
            for task in held:
                log.warning("loop_did_not_stop", loop=task.get_name())
        self._tasks = []

    def troubles(self) -> dict[str, str]:
        """What is wrong, by loop."""
        return {loop.name: trouble for loop in self.ours if (trouble := loop.trouble)}

    def stalled(self, within_s: float = STALLED_AFTER_S) -> Sequence[str]:
        """Loops that hang: only a new process helps. One that fails, lags or waits for an operator is none of them."""
        return [loop.name for loop in self.ours if loop.stalled(within_s)]


async def _keep_running(loop: Loop, service: str) -> None:
    # Tasks that the loop begins speak for it too.
    _current.set(loop)
    bind_contextvars(service=service)
    back_off_s = 0.1
    while not loop.stopped:
        started = asyncio.get_running_loop().time()
        await _run_once(loop)
        ran_s = asyncio.get_running_loop().time() - started
        back_off_s = 0.1 if ran_s > BACK_OFF_S_MAX else min(back_off_s * 2, BACK_OFF_S_MAX)
        await asyncio.sleep(back_off_s * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret.


async def _run_once(loop: Loop) -> None:
    loop.started()
    failure: str | None = None
    try:
        await loop.run()
    except Exception as group:  # noqa: BLE001 - the loop's edge: whatever it was is logged, counted and tried again.
        failure = _failed(loop, _first(group))
    except asyncio.CancelledError as error:
        # A library's own task that was cancelled must not end ours unseen.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        failure = _failed(loop, error)
    finally:
        loop.ended(failure)


def _failed(loop: Loop, error: BaseException) -> str:
    if isinstance(error, StopLoopError):
        loop.stopped = True
        log.error("loop_stopped", loop=loop.name, remedy=str(error))
        return str(error)
    metrics.LOOP_FAILURES.labels(loop=loop.name).inc()
    log.error("loop_failed", loop=loop.name, error=type(error).__name__, where=metrics.where(error))
    return type(error).__name__


def _first(error: Exception) -> Exception:
    """What a group of failures is about: what asks for somebody to act, else what it began with."""
    if not isinstance(error, ExceptionGroup):
        return error
    asking = error.subgroup(StopLoopError)
    return _first((asking or error).exceptions[0])
