"""How a batch of records takes effect in this service's tables, in one transaction with its offsets.

Promise: exactly once, in order within each stream. Failures are of four kinds: the platform's (raised: the batch comes
again), a race (decided again, at most ten times), a refusal by the domain (the reaction's own affair) and the event's:
then the batch is rolled back and run again a record at a time, the guilty one parked with what follows of its stream.
A failure that could be either's is the event's when the database answers on the very connection that it happened on:
otherwise one wrong value would hold up its partition for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind

from shared.kernel import metrics, tracing
from shared.kernel.clock import Clock
from shared.kernel.database import DOUBTFUL_ERRORS, ILL_ERRORS, Connection, answers
from shared.kernel.event_store import NOTHING_WRITTEN, SQL, EventStore, Written
from shared.kernel.kafka import DAY_TYPE, Broker, Incoming
from shared.kernel.ordering import StreamPosition, Verdict, place_event, place_state
from shared.kernel.reactions import React, Reactions, Received, Service
from shared.kernel.set_aside import UNREADABLE, Parked, parked_columns, read_records, taken_out
from shared.kernel.waiting import NotYetError
from shared.kernel.work import RACE_TRIES_MAX, RACES, RaceLostError, Work, back_off

log = structlog.get_logger()

Key = tuple[str, str]

# A statement that runs into its time limit may have waited for a lock: it is tried so often before it is the event's.
DOUBTFUL_TRIES_MAX = 3
RELEASE_PAGE = 500


class PartitionLostError(Exception):
    """Another process has this partition now; nothing was written."""


# What the batch is tried again for from outside: nobody's event is at fault.
RAISED: tuple[type[BaseException], ...] = (*ILL_ERRORS, PartitionLostError, RaceLostError)


@dataclass(frozen=True, slots=True)
class Step:
    """A partition's offset before and after a batch, and when the batch's last record was written."""

    topic: str
    partition: int
    was: int
    becomes: int
    last_timestamp: int


@dataclass(slots=True)
class Inbox(Generic[Service]):
    """The effect of others' events on one service."""

    name: str
    service: Service
    reactions: Reactions[Service]
    store: EventStore
    broker: Broker
    clock: Clock
    # What only newer code can wait no longer for: it is not tried again here.
    unknown: set[str] = field(default_factory=set)

    async def take(self, cluster: str, records: Sequence[Any], steps: Sequence[Step]) -> None:
        """Let records take effect and advance the offsets, together.

        Raises:
            PartitionLostError: another process has advanced one of these partitions.
            RaceLostError: others were faster ten times in a row.
        """
        incoming, unreadable = read_records(self.broker, records)
        one_by_one = False
        for lost in range(RACE_TRIES_MAX):
            await back_off(lost)
            try:
                batch = await self._in_one(cluster, incoming, unreadable, steps, one_by_one=one_by_one)
            except RACES:
                # Nobody's event is at fault: one by one it would hold longer what the others wait for.
                continue
            except RAISED:
                raise
            except Exception as error:  # which record is guilty shows when they are run one by one.
                if one_by_one:
                    raise
                log.info("batch_runs_one_by_one", consumer=self.name, error=type(error).__name__)
                one_by_one = True
                continue
            self.store.committed(batch.written)
            if batch.unblocked or any(self.is_state(each) for each in incoming):
                await self.release_ready()
            return
        raise RaceLostError

    async def _in_one(
        self,
        cluster: str,
        incoming: Sequence[Incoming],
        unreadable: Sequence[Parked],
        steps: Sequence[Step],
        *,
        one_by_one: bool,
    ) -> "Batch[Service]":
        """One transaction."""
        async with self.store.pool.acquire() as connection, connection.transaction():
            batch = Batch(self, connection, await self._begin(connection, cluster, steps, incoming))
            take = batch.take_one_by_one if one_by_one else batch.take_together
            await take(incoming)
            batch.parked.extend(unreadable)
            await batch.save()
            return batch

    async def release_ready(self) -> int:
        """Let go on what no longer has to wait; returns how many streams were tried."""
        tried, after = 0, ("", "")
        while rows := await self.store.pool.fetch(SQL["streams_to_release"], self.name, *after, RELEASE_PAGE):
            for row in rows:
                after = row["publisher"], row["stream"]
                if row["waiting_for"] not in self.unknown:
                    await self._release(*after)
                    tried += 1
        return tried

    async def _release(self, publisher: str, stream: str) -> None:
        for lost in range(RACE_TRIES_MAX):
            await back_off(lost)
            try:
                async with self.store.pool.acquire() as connection, connection.transaction():
                    written = await self._release_in(connection, publisher, stream)
            except RACES:
                continue
            self.store.committed(written)
            return
        raise RaceLostError

    async def _release_in(self, connection: Connection, publisher: str, stream: str) -> Written:
        rows = await connection.fetch(SQL["take_out_stream"], self.name, publisher, stream)
        waiting = sorted((taken_out(row) for row in rows), key=lambda pair: pair[0].version)
        incoming = [each for each, _ in waiting]
        batch = Batch(self, connection, await self._begin(connection, "", [], incoming))
        batch.parked_at = {each.event_id: at for each, at in waiting}
        await batch.take_one_by_one(incoming)
        await batch.save()
        return batch.written

    async def _begin(
        self, connection: Connection, cluster: str, steps: Sequence[Step], incoming: Sequence[Incoming]
    ) -> dict[Key, StreamPosition]:
        """Advance the offsets and see how far each stream has come: one round trip, since every batch begins so.

        Raises:
            PartitionLostError: another process has advanced one of these partitions.
        """
        keys = sorted({each.key for each in incoming})
        rows = await connection.fetch(
            SQL["begin_batch"],
            self.name,
            cluster,
            *_step_columns(steps),
            [publisher for publisher, _ in keys],
            [stream for _, stream in keys],
        )
        if rows[0]["advanced"] < len(steps):
            raise PartitionLostError
        positions = {
            (row["publisher"], row["stream"]): StreamPosition(row["version"], row["blocked"])
            for row in rows
            if row["stream"] is not None
        }
        await self._add_seen_ids(connection, incoming, positions)
        return positions

    async def _add_seen_ids(
        self, connection: Connection, incoming: Sequence[Incoming], positions: dict[Key, StreamPosition]
    ) -> None:
        old = [each for each in incoming if each.version <= positions[each.key].version]
        if not old:
            return
        columns = [each.publisher for each in old], [each.stream for each in old], [each.version for each in old]
        for row in await connection.fetch(SQL["seen_event_ids"], self.name, *columns):
            positions[row["publisher"], row["stream"]].ids[row["version"]] = row["event_id"]

    def is_state(self, incoming: Incoming) -> bool:
        """Whether it comes from a topic of state, where the higher version wins."""
        return incoming.topic in self.reactions.state_topics

    def place(self, incoming: Incoming, position: StreamPosition) -> Verdict:
        """What becomes of a record."""
        if self.is_state(incoming):
            return place_state(position, version=incoming.version, event_id=incoming.event_id)
        return place_event(
            position,
            version=incoming.version,
            previous_version=incoming.previous_version,
            event_id=incoming.event_id,
            starts_later=self.reactions.starts_later,
        )

    async def apply(self, connection: Connection, fresh: Sequence[Incoming]) -> Written:
        """React to records that are next in their streams, and write what follows.

        Raises:
            NotYetError: this code does not know one's type, or only an older version of it.
        """
        self._check_known(fresh)
        read = self.reactions.types_read
        received = [Received(self._decode(each), each) for each in fresh if each.type in read]
        work = Work(connection, self.store, self.clock.now())
        if self.reactions.prefetch and received:
            await self.reactions.prefetch(self.service, work, received)
        for each in received:
            react = self.reactions.by_type.get(each.incoming.type)
            if react:
                await self._react(react, work, each)
        await work.flush()
        await self._keep_and_project(connection, received)
        return work.written

    async def _react(self, react: React[Service], work: Work, received: Received[Any]) -> None:
        incoming = received.incoming
        parent = incoming.headers.get("ce_traceparent")
        with tracing.span(f"{self.name} {incoming.type}", kind=SpanKind.CONSUMER, parent=parent):
            await react(self.service, work, received)

    def _check_known(self, fresh: Sequence[Incoming]) -> None:
        for each in fresh:
            if each.type != DAY_TYPE and not self.reactions.knows(each.type, each.schema_version):
                waiting_for = f"{each.type} v{each.schema_version}"
                self.unknown.add(waiting_for)
                raise NotYetError(waiting_for)

    async def _keep_and_project(self, connection: Connection, received: Sequence[Received[Any]]) -> None:
        # States are not history: a reaction keeps the newest in a table of its own.
        kept = [each for each in received if self.reactions.keeps(each.incoming)]
        if not kept:
            return
        rows = await connection.fetch(SQL["keep_received"], *_received_columns([each.incoming for each in kept]))
        if self.reactions.project:
            await self.reactions.project(self.service, connection, kept, [row["position"] for row in rows])

    def _decode(self, incoming: Incoming) -> Any:
        return self.store.decode(incoming.type, incoming.schema_version, incoming.data)


@dataclass(slots=True)
class Batch(Generic[Service]):
    """What one transaction takes in: which records took effect, which are set aside."""

    inbox: Inbox[Service]
    connection: Connection
    positions: dict[Key, StreamPosition]
    taken: list[Incoming] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    parked_at: dict[UUID, datetime] = field(default_factory=dict)
    unblocked: bool = False
    written: Written = NOTHING_WRITTEN

    async def take_together(self, incoming: Sequence[Incoming]) -> None:
        """All that is fresh in one go: a handler's failure fails the batch."""
        fresh = [each for each in incoming if self._is_next(each)]
        if fresh:
            self.written |= await self.inbox.apply(self.connection, fresh)

    async def take_one_by_one(self, incoming: Sequence[Incoming]) -> None:
        """Each in a savepoint of its own: a handler's failure parks its record, and its stream with it."""
        for each in incoming:
            before = self.positions[each.key].version
            if self._is_next(each):
                await self._try(each, before)

    def _is_next(self, incoming: Incoming) -> bool:
        if incoming.type == UNREADABLE:
            self._park(Parked.unreadable(incoming))
            return False
        position = self.positions[incoming.key]
        verdict = self.inbox.place(incoming, position)
        if verdict is Verdict.FRESH:
            position.take(incoming.version, incoming.event_id)
            self.taken.append(incoming)
            return True
        if verdict is Verdict.DUPLICATE:
            metrics.DUPLICATES.labels(consumer=self.inbox.name).inc()
            return False
        self.unblocked |= verdict is Verdict.BEHIND and incoming.previous_version == position.version
        self._park(Parked(incoming, verdict.value))
        return False

    async def _try(self, incoming: Incoming, before: int) -> None:
        races = doubts = 0
        while races < RACE_TRIES_MAX:
            try:
                async with self.connection.transaction():
                    self.written |= await self.inbox.apply(self.connection, [incoming])
            except RACES:
                races += 1
                continue
            except ILL_ERRORS:
                raise
            except NotYetError as error:
                self._give_back(incoming, before)
                self._park(Parked(incoming, "waiting", waiting_for=error.waiting_for))
            except Exception as error:
                if isinstance(error, DOUBTFUL_ERRORS) and not await answers(self.connection):
                    raise
                doubts += isinstance(error, TimeoutError)
                if 0 < doubts < DOUBTFUL_TRIES_MAX:
                    continue
                self._give_back(incoming, before)
                self._park(Parked.poison(incoming, error))
            return
        raise RaceLostError

    def _give_back(self, incoming: Incoming, before: int) -> None:
        """It did not take effect after all."""
        self.taken.remove(incoming)
        position = self.positions[incoming.key]
        position.version = before
        position.ids.pop(incoming.version, None)

    def _park(self, parked: Parked) -> None:
        self.positions[parked.incoming.key].blocked = True
        self.parked.append(parked)

    async def save(self) -> None:
        """Write how far each stream has come, and what is set aside."""
        await self._save_seen("save_seen_events", [each for each in self.taken if not self.inbox.is_state(each)])
        await self._save_seen("save_seen_states", [each for each in self.taken if self.inbox.is_state(each)])
        if self.parked:
            await self.connection.execute(SQL["park"], self.inbox.name, *parked_columns(self.parked, self.parked_at))
        self._count()

    async def _save_seen(self, query: str, taken: Sequence[Incoming]) -> None:
        if taken:
            await self.connection.execute(
                SQL[query],
                self.inbox.name,
                [each.publisher for each in taken],
                [each.stream for each in taken],
                [each.version for each in taken],
                [each.event_id for each in taken],
            )

    def _count(self) -> None:
        name = self.inbox.name
        metrics.CONSUMED.labels(consumer=name).inc(len(self.taken))
        now = self.inbox.clock.now()
        # A state is of no moment: a key would count as older than anything that happened.
        for each in (event for event in self.taken if not self.inbox.is_state(event)):
            metrics.EVENT_AGE.labels(consumer=name).observe(max(0.0, (now - each.occurred_at).total_seconds()))
        for parked in self.parked:
            if parked.incoming.event_id not in self.parked_at:
                parked.report(name)


def _step_columns(steps: Sequence[Step]) -> list[list[Any]]:
    return [
        [step.topic for step in steps],
        [step.partition for step in steps],
        [step.was for step in steps],
        [step.becomes for step in steps],
        [step.last_timestamp for step in steps],
    ]


def _received_columns(received: Sequence[Incoming]) -> list[list[Any]]:
    return [
        [each.publisher for each in received],
        [each.stream for each in received],
        [each.version for each in received],
        [each.event_id for each in received],
        [each.type for each in received],
        [each.schema_version for each in received],
        [each.occurred_at for each in received],
        [each.data.decode() for each in received],
    ]
