"""What a service stands on: its pool, log, relay, consumer, timers and effects, started and stopped together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.ages import Ages
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.consumer import Consumer
from shared.kernel.database import PLATFORM_ERRORS, Connection, Pool, connect, open_pool
from shared.kernel.effects import Effects, OutsideWorld
from shared.kernel.event_store import Decode, EventStore, Project, project_nothing
from shared.kernel.inbox import Inbox
from shared.kernel.kafka import Broker
from shared.kernel.loops import Loops, Role
from shared.kernel.objects import Objects, Watch
from shared.kernel.reactions import Reactions
from shared.kernel.relay import Publication, Relay
from shared.kernel.timers import Fire, Prefetch, Timers, prefetch_nothing

DATABASE_ANSWERS_WITHIN_S = 5.0


CLOSE_WITHIN_S = 5.0

Missing = Callable[[], Awaitable[str | None]]
Limit = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where one service's database, broker and clock are. Its schema has its name, its role `yima_` before it."""

    name: str
    database_url: str
    broker: Broker
    clock: Clock = field(default_factory=SystemClock)
    pool_size_max: int = 16

    @property
    def role(self) -> str:
        """The service's PostgreSQL role."""
        return f"yima_{self.name}"

    async def connect(self) -> Connection:
        """One connection of its own."""
        return await connect(self.database_url, schema=self.name, role=self.role)


@dataclass(slots=True)
class Runtime:
    """A running service's parts; which of them it has is its composition root's choice."""

    ground: Ground
    pool: Pool
    store: EventStore
    loops: Loops = field(default_factory=Loops)
    relay: Relay | None = None
    consumer: Consumer[Any] | None = None
    timers: Timers | None = None
    needs: dict[str, Missing] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.loops.service = self.ground.name

    def publish(self, publication: Publication) -> None:
        """Send this service's events."""
        self.relay = Relay(
            self.ground.name,
            self.ground.connect,
            self.pool,
            self.ground.broker,
            publication,
            self.ground.clock,
        )
        relay = self.relay
        self.store.on_commit.append(relay.told)
        self.loops.add("relay", relay.run, works=lambda: relay.works)

    def consume(self, reactions: Reactions[Any], service: object) -> Consumer[Any]:
        """React to others' events."""
        inbox = Inbox(self.ground.name, service, reactions, self.store, self.ground.broker, self.ground.clock)
        consumer = Consumer(self.ground.name, self.ground.broker, self.pool, inbox)
        self.loops.add("consumer", consumer.run, works=lambda: consumer.works, role=Role.CONSUMERS)
        self.consumer = consumer
        return consumer

    def keep_time(self, fire_by_kind: Mapping[str, Fire], prefetch: Prefetch = prefetch_nothing) -> None:
        """Fire this service's timers; what is due together is loaded together by `prefetch`."""
        self.timers = Timers(self.ground.name, self.store, self.ground.clock, fire_by_kind, prefetch)
        self.store.on_commit.append(self.timers.told)
        self.loops.add("timers", self.timers.run)

    def touch(self, world: OutsideWorld[Any, Any], *, timeout_s: float = 20.0) -> None:
        """Perform this service's effects on the outside world."""
        effects = Effects(self.ground.name, self.store, self.ground.clock, world, timeout_s=timeout_s)
        self.store.on_commit.append(effects.told)
        # Beside the consumer, whose commits ring: elsewhere it would find what is due by its poll.
        self.loops.add("effects", effects.run, role=Role.CONSUMERS)

    def need(self, part: str, missing: Missing) -> None:
        """Be ready only when nothing is missing here: asked of the database, it says what is."""
        self.needs[part] = missing

    def use(self, part: str, objects: Objects) -> None:
        """Do without these where they cannot be had: the rest of the work goes on, so it is no reason to be unready."""
        if objects.is_remote:
            watch = Watch(self.ground.name, objects)
            self.loops.add(part, watch.run, role=Role.WEB)
            self.limits[part] = lambda: watch.trouble

    async def stop(self) -> None:
        """Stop the loops, then let go of the database."""
        await self.loops.stop()
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    def limited(self) -> Mapping[str, str]:
        """What it cannot do meanwhile though it does its work, by part."""
        return {part: limit for part, limited_by in self.limits.items() if (limit := limited_by())}

    async def troubles(self) -> Mapping[str, str]:
        """What keeps this service from doing its work, by part; empty when all is well."""
        troubles = dict(self.loops.troubles())
        if self.consumer and Role.CONSUMERS in self.loops.roles and not self.consumer.caught_up:
            missing = "what it came too late for" if self.consumer.filling else "directory and keys"
            troubles["consumer"] = troubles.get("consumer", f"still reading {missing}")
        try:
            async with asyncio.timeout(DATABASE_ANSWERS_WITHIN_S):
                await self.pool.fetchval("SELECT 1")
                for part, what_is_missing in self.needs.items():
                    if wanting := await what_is_missing():
                        troubles[part] = wanting
        except PLATFORM_ERRORS as error:
            troubles["database"] = type(error).__name__
        return troubles


async def open_runtime(ground: Ground, decode: Decode, project: Project = project_nothing) -> Runtime:
    """Open a service's pool and log; its loops are added by the composition root, then started.

    Raises:
        OSError: the database does not answer.
    """
    pool = await open_pool(ground.database_url, schema=ground.name, role=ground.role, size_max=ground.pool_size_max)
    runtime = Runtime(ground, pool, EventStore(pool, decode, project))
    runtime.loops.add("ages", Ages(ground.name, pool, ground.clock).run, role=Role.CONSUMERS)
    return runtime
