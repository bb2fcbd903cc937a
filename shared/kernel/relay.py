"""From the outbox to Kafka.

Promise: every committed event reaches its topic at least once, in order within its stream, however often the relay dies
or doubles; so does every queued state. One relay a service sends (an advisory lock; standbys take over within seconds).
One that hears that its session has ended, and the lock with it, sends nothing more: of an old state after a newer one a
compacted topic would keep the old one. (Of a network that is cut without a word it hears with its next question to the
database: what the broker was keeping it waiting for until then may still go out.) After the broker was away, and at its
own start, it sends once more, in order, all that was acknowledged in the ten minutes before its last acknowledgement:
on a single broker an acknowledged record may not be on disk yet. Deduplication makes that harmless. A topic of states
gets a record in each partition once a day: a broker begins a new segment only when something comes, and compacts no
open one, so that an erased key could stay on a quiet partition.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer

from shared.kernel import metrics
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.database import PLATFORM_ERRORS, Connection, Pool
from shared.kernel.event_store import SQL, Written
from shared.kernel.kafka import Broker, day_headers, drop_producer, event_headers, new_producer, start_client
from shared.kernel.loops import Wake, beat

log = structlog.get_logger()

BATCH = 500
POLL_S = 0.2
STANDBY_POLL_S = 1.0
PROBE_S = 1.0
NOTIFY_EVERY_S = 0.005
# What follows a send is gathered for so long. A lone event goes at once; at a hundred a second each batch on the way
# is of two or three instead of one, which costs little more than one: less wait than the queue that it saves.
GATHER_S = 0.02
DAY_S = 24 * 3600.0

StateMessage = tuple[str, Sequence[tuple[str, bytes]], bytes]


class BrokerForgotError(Exception):
    """The broker was away, or acknowledged an offset that it had given before: its last records may be gone."""


class LeadershipLostError(Exception):
    """The database session that held the lock has ended: another relay may lead by now."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a service publishes and where: streams by their kind (the part before the first `-`), and states by key."""

    source: str
    topics: dict[str, str]
    keyed_by_stream: frozenset[str] = frozenset()
    states_topic: str | None = None
    current_states: Callable[[Connection, Sequence[str]], Awaitable[Sequence[StateMessage]]] | None = None
    gather_s: float = GATHER_S

    def route(self, stream: str) -> tuple[str, str]:
        """A stream's topic and key: its id, or the whole stream where ids of two kinds may be equal."""
        kind, _, identity = stream.partition("-")
        topic = self.topics[kind]
        return topic, stream if topic in self.keyed_by_stream else identity


@dataclass(slots=True)
class Relay:
    """The relay of one service."""

    service: str
    dsn_connect: Callable[[], Awaitable[Connection]]
    pool: Pool
    broker: Broker
    publication: Publication
    clock: Clock = field(default_factory=SystemClock)
    bell: Wake = field(default_factory=Wake)
    leading: bool = False
    standing_by: bool = False
    _acknowledged: dict[tuple[str, int], int] = field(default_factory=dict)
    _notified_at: float = 0.0
    _notify_tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def works(self) -> bool:
        """Whether it sends, or could as soon as the one that leads is gone."""
        return self.leading or self.standing_by

    def told(self, written: Written) -> None:
        """There may be something to send: ring here, or tell the process that leads (at most once each 5 ms)."""
        if not written.sends:
            return
        if self.leading:
            self.bell.ring()
        elif not self._notify_tasks:
            task = asyncio.create_task(self._notify())
            self._notify_tasks.add(task)
            task.add_done_callback(self._notify_tasks.discard)

    async def run(self) -> None:
        """Lead or stand by until cancelled; returns when leadership is lost."""
        connection = await self.dsn_connect()
        try:
            await self._until_leading(connection)
            await self._lead(connection)
        finally:
            self.leading = self.standing_by = False
            with suppress(TimeoutError):
                await connection.close(timeout=2)

    async def _until_leading(self, connection: Connection) -> None:
        while not await connection.fetchval(SQL["lead"]):
            self.standing_by = True
            beat()
            await asyncio.sleep(STANDBY_POLL_S)
        self.standing_by = False

    async def _lead(self, connection: Connection) -> None:
        await connection.add_listener(f"relay_{self.service}", lambda *_: self.bell.ring())
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        producer = new_producer(self.broker, f"relay-{self.service}")
        try:
            await start_client(producer)
            await self._resend(connection)
            self.leading = True
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_until_lost(lost))
                tasks.create_task(self._send_for_ever(connection, producer))
                tasks.create_task(self._probe_for_ever(producer))
                tasks.create_task(self._mark_days_for_ever(producer))
        except* BrokerForgotError:
            log.warning("broker_was_away", service=self.service)
        finally:
            self.leading = False
            # What it has not sent is still in the outbox, for whoever leads next.
            await drop_producer(producer)

    async def _resend(self, connection: Connection) -> None:
        last = await connection.fetchval(SQL["last_acknowledged_at"])
        if last is not None:
            count = await connection.fetchval(SQL["resend_acknowledged"], last)
            metrics.RESENDS.labels(service=self.service).inc()
            log.info("resending", service=self.service, records=count)

    async def _send_for_ever(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        while True:
            beat()
            # What is committed while it sends has rung by the time that it waits.
            if await self._send_queued(connection, producer) < BATCH:
                await asyncio.sleep(self.publication.gather_s)
                await self.bell.wait(POLL_S)

    async def _send_queued(self, connection: Connection, producer: AIOKafkaProducer) -> int:
        """States are read after the events and sent before them: a state committed with an event is there before it."""
        with metrics.RELAY_SCAN.labels(service=self.service).time():
            rows = await connection.fetch(SQL["outbox_batch"], BATCH)
        sent = states = await self.send_states(connection, producer) if rows[0]["states_wait"] else 0
        while states == BATCH:
            states = await self.send_states(connection, producer)
            sent += states
        events = [row for row in rows if row["position"] is not None]
        return sent + await self.send_events(connection, producer, events)

    async def send_states(self, connection: Connection, producer: AIOKafkaProducer) -> int:
        """Send the current state under each queued key."""
        publication = self.publication
        if publication.states_topic is None or publication.current_states is None:
            return 0
        rows = await connection.fetch(SQL["states_batch"], BATCH)
        if not rows:
            return 0
        messages = await publication.current_states(connection, list({row["key"] for row in rows}))
        topic = publication.states_topic
        await self._send(self._put(producer, topic, key, headers, value) for key, headers, value in messages)
        await connection.execute(SQL["states_sent"], [row["id"] for row in rows], [row["key"] for row in rows])
        return len(rows)

    async def send_events(
        self, connection: Connection, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]
    ) -> int:
        """Send queued events in order and forget them once all are acknowledged."""
        if not rows:
            return 0
        await self._send(self._put_event(producer, row) for row in rows)
        await connection.execute(
            SQL["outbox_sent"], [row["position"] for row in rows], [row["times_queued"] for row in rows]
        )
        metrics.RELAYED.labels(service=self.service).inc(len(rows))
        return len(rows)

    async def _put_event(self, producer: AIOKafkaProducer, row: asyncpg.Record) -> asyncio.Future[Any]:
        topic, key = self.publication.route(row["stream"])
        headers = event_headers(dict(row), source=self.publication.source, metadata=json.loads(row["metadata"]))
        return await self._put(producer, topic, key, headers, row["data"].encode())

    async def _put(
        self, producer: AIOKafkaProducer, topic: str, key: str, headers: Sequence[tuple[str, bytes]], value: bytes
    ) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = await producer.send(
            self.broker.named(topic), value, key=key.encode(), headers=list(headers)
        )
        return future

    async def _send(self, puts: Iterable[Awaitable[asyncio.Future[Any]]]) -> None:
        futures: list[asyncio.Future[Any]] = []
        try:
            for put in puts:
                futures.append(await put)
            await self._acknowledge(futures)
        finally:
            # Whoever was stopped on the way leaves none behind whose failure nobody would look at.
            for future in futures:
                future.cancel()

    async def _acknowledge(self, futures: Sequence[asyncio.Future[Any]]) -> None:
        # All are waited for, also after one has failed, so that none ends unseen in the background.
        for record in await asyncio.gather(*futures, return_exceptions=True):
            if isinstance(record, BaseException):
                raise record
            partition = (record.topic, record.partition)
            if record.offset <= self._acknowledged.get(partition, -1):
                self._acknowledged.clear()
                raise BrokerForgotError
            self._acknowledged[partition] = record.offset

    async def _probe_for_ever(self, producer: AIOKafkaProducer) -> None:
        """Ask the broker for its metadata each second: a broker that does not answer may come back without its tail."""
        while True:
            await asyncio.sleep(PROBE_S)
            if not await producer.client.force_metadata_update():
                self._acknowledged.clear()
                raise BrokerForgotError

    async def _mark_days_for_ever(self, producer: AIOKafkaProducer) -> None:
        while self.publication.states_topic:
            await self._mark_day(producer, self.publication.states_topic)
            await asyncio.sleep(DAY_S)

    async def _mark_day(self, producer: AIOKafkaProducer, topic: str) -> None:
        name = self.broker.named(topic)
        for partition in sorted(await producer.partitions_for(name)):
            key, headers = f"day/{partition}", day_headers(self.publication.source, partition, self.clock.now())
            await producer.send_and_wait(name, b"{}", key=key.encode(), headers=headers, partition=partition)

    async def _notify(self) -> None:
        """Wait out the 5 ms since the last one, so that the last commit of several is told too."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._notified_at + NOTIFY_EVERY_S - loop.time()))
        self._notified_at = loop.time()
        # The poll is the safety net: where the database is away, the relay will see for itself.
        with suppress(*PLATFORM_ERRORS):
            async with self.pool.acquire() as connection:
                await connection.execute("SELECT pg_notify($1, '')", f"relay_{self.service}")


async def _until_lost(lost: asyncio.Event) -> None:
    """Noticed at once, also while nothing is asked of the database because the broker keeps the relay waiting."""
    await lost.wait()
    raise LeadershipLostError
