"""One unit of work: streams loaded, events decided, timers set and rows written, all in one transaction.

Promise: everything that a `Work` gathered is committed together or not at all; a race is decided again, at most ten
times, each after a longer wait, before it counts as the platform's.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from shared.kernel.database import RACE_ERRORS, Connection
from shared.kernel.event_store import (
    NOTHING_WRITTEN,
    SQL,
    Cause,
    ConcurrentAppendError,
    EventModel,
    EventStore,
    Fold,
    IdempotencyConflictError,
    Loaded,
    NewEvents,
    Request,
    Rows,
    Written,
    answered,
    append,
    begun,
    load_many,
    recorded_of,
)

State = TypeVar("State")
Result = TypeVar("Result")

RACE_TRIES_MAX = 10
# All of them together outlast whatever other processes do at once with one stream; who loses once hardly waits.
BACK_OFF_S, BACK_OFF_S_MAX = 0.01, 0.5
RACES: tuple[type[BaseException], ...] = (ConcurrentAppendError, *RACE_ERRORS)


class RaceLostError(Exception):
    """Ten times in a row somebody else was first; the platform is overloaded or a stream is a hot spot."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Wake `subject` at `due_at`; a later generation of the same kind and subject makes this one stale."""

    kind: str
    subject: str
    generation: int
    due_at: datetime


@dataclass(slots=True)
class Work:
    """What one transaction gathers before it is flushed."""

    connection: Connection
    store: EventStore
    now: datetime
    written: Written = NOTHING_WRITTEN
    _states: dict[str, Loaded[Any]] = field(default_factory=dict)
    _new: list[NewEvents] = field(default_factory=list)
    _timers: list[Timer] = field(default_factory=list)
    _state_keys: list[str] = field(default_factory=list)

    async def prefetch(self, streams: Sequence[str], fold: Fold[Any]) -> None:
        """Load several streams in one query, so that `load` finds them at hand."""
        missing = [stream for stream in dict.fromkeys(streams) if stream not in self._states]
        if missing:
            self._states.update(await load_many(self.connection, missing, fold, self.store.decode))

    async def load(self, stream: str, fold: Fold[State]) -> Loaded[State]:
        """The stream's state, with what this work has already decided for it."""
        await self.prefetch([stream], fold)
        return self._states[stream]

    async def begin(self, request: Request, stream: str, fold: Fold[Any]) -> str | None:
        """The first answer to this request, none when it is new; its stream is then at hand.

        Raises:
            IdempotencyConflictError: the key was used with another body.
        """
        answer, self._states[stream] = await begun(self.connection, request, stream, fold, self.store.decode)
        return answer

    def append(
        self, loaded: Loaded[State], events: Sequence[EventModel], *, fold: Fold[State], cause: Cause
    ) -> Loaded[State]:
        """Gather what was decided, and give the state after it; it is written when the work is flushed."""
        if not events:
            return loaded
        self._new.append(NewEvents(loaded.stream, loaded.version, events, cause))
        state = loaded.state
        for event in events:
            state = fold.evolve(state, event)
        after = self._states[loaded.stream] = Loaded(loaded.stream, state, loaded.version + len(events))
        return after

    def schedule(self, timers: Sequence[Timer]) -> None:
        """Gather timers; one that exists already is left as it is."""
        self._timers.extend(timers)

    def touch(self) -> None:
        """Tell the loop that performs effects that one is due."""
        self.written |= Written(touches=True)

    def publish_states(self, keys: Sequence[str]) -> None:
        """Ask the relay to send the current state under these keys."""
        self._state_keys.extend(keys)

    async def flush(self, *, request: Request | None = None, answer: str | None = None) -> None:
        """Write all that was gathered, with its projection and a request's answer, in one statement; start afresh.

        Raises:
            ConcurrentAppendError: a stream has moved on meanwhile, or the request was answered.
        """
        rows = [*self._projected(), *self._timer_rows(), *self._state_rows()]
        if self._new or rows or request:
            await append(self.connection, self._new, request=request, answer=answer, beside=rows)
        sends = bool(self._new or self._state_keys)
        self.written |= Written(sends, first_due_at=min((timer.due_at for timer in self._timers), default=None))
        self._new, self._timers, self._state_keys = [], [], []

    def _projected(self) -> Sequence[Rows]:
        return self.store.project(recorded_of(self._new)) if self._new else ()

    def _timer_rows(self) -> Sequence[Rows]:
        if not self._timers:
            return ()
        columns = (
            [timer.kind for timer in self._timers],
            [timer.subject for timer in self._timers],
            [timer.generation for timer in self._timers],
            [timer.due_at for timer in self._timers],
        )
        return (Rows(SQL["schedule_timers"], columns),)

    def _state_rows(self) -> Sequence[Rows]:
        return (Rows(SQL["queue_states"], (self._state_keys,)),) if self._state_keys else ()


async def back_off(lost: int) -> None:
    """Let the others go first who lost so many races; for a time that is another for each, and without a connection."""
    if lost:
        wait_s_max = min(BACK_OFF_S * 2**lost, BACK_OFF_S_MAX)
        await asyncio.sleep(random.uniform(0, wait_s_max))  # noqa: S311 - jitter, no secret.


async def transact(store: EventStore, now: Callable[[], datetime], act: Callable[[Work], Awaitable[Result]]) -> Result:
    """Run `act` in one transaction, again when somebody else was faster.

    Raises:
        RaceLostError: somebody else was faster ten times in a row.
    """
    for lost in range(RACE_TRIES_MAX):
        await back_off(lost)
        try:
            async with store.pool.acquire() as connection, connection.transaction():
                work = Work(connection, store, now())
                result = await act(work)
                await work.flush()
        except RACES:
            continue
        store.committed(work.written)
        return result
    raise RaceLostError


async def transact_once(
    store: EventStore, now: Callable[[], datetime], request: Request, act: Callable[[Work], Awaitable[str]]
) -> str:
    """Run `act`, which gives its answer as JSON, once for this request; a repetition gets the first answer.

    Raises:
        IdempotencyConflictError: the key was used with another body.
        RaceLostError: somebody else was faster ten times in a row.
    """

    async def act_once(work: Work) -> str:
        first = await answered(work.connection, request)
        if first is not None:
            return first
        answer = await act(work)
        await work.flush(request=request, answer=answer)
        return answer

    return await transact(store, now, act_once)


async def decide_once(
    store: EventStore,
    now: Callable[[], datetime],
    request: Request,
    loading: tuple[str, Fold[Any]],
    act: Callable[[Work], Awaitable[str]],
) -> str:
    """As `transact_once`, for an act that only gathers: its stream comes with one round trip, all is written with one.

    There is no transaction around it, which would be two more: what `act` reads besides may be older than what it
    writes, as in any transaction that locks nothing, and `act` itself must write nothing.

    Raises:
        IdempotencyConflictError: the key was used with another body.
        RaceLostError: somebody else was faster ten times in a row.
    """
    for lost in range(RACE_TRIES_MAX):
        await back_off(lost)
        async with store.pool.acquire() as connection:
            work = Work(connection, store, now())
            first = await work.begin(request, *loading)
            if first is not None:
                return first
            try:
                answer = await act(work)
                await work.flush(request=request, answer=answer)
            except RACES:
                continue
        store.committed(work.written)
        return answer
    raise RaceLostError


__all__ = ["IdempotencyConflictError", "RaceLostError", "Timer", "Work", "decide_once", "transact", "transact_once"]
