"""A publisher and a follower at work on a PostgreSQL and a Kafka that this test may hurt."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest_asyncio

from shared.embedded.kafka import EmbeddedKafka
from shared.embedded.postgres import EmbeddedPostgres
from shared.kernel.kafka import Broker
from shared.kernel.runtime import Runtime
from shared.testing.ledger import Ledger, Listener, open_follower, open_publisher
from shared.testing.servers import OwnServersFactory
from shared.testing.waiting import eventually

# A broker is back after some seconds, a group's dead member is noticed after ten.
HEALED_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Stage:
    """The two services, the servers under them, and the ledger."""

    postgres: EmbeddedPostgres
    kafka: EmbeddedKafka
    publisher: Runtime
    follower: Runtime
    listener: Listener
    ledger: Ledger

    @property
    def broker(self) -> Broker:
        return self.publisher.ground.broker

    async def say(self, *, streams: int = 5, times: int = 3) -> list[str]:
        """Some streams, some events in each."""
        named = [self.ledger.new_stream() for _ in range(streams)]
        for stream in named * times:
            await self.ledger.say(self.publisher, stream)
        return named

    async def agreed(self) -> dict[str, object]:
        """What differs between ledger and effects, once as much has taken effect as was said."""
        await eventually(lambda: self.ledger.agrees_with(self.follower), timeout_s=HEALED_WITHIN_S)
        return dict(await self.ledger.difference(self.follower))

    async def all_sent(self) -> None:
        """Until the publisher's outbox is empty."""

        async def is_empty() -> bool:
            return not await self.publisher.pool.fetchval("SELECT count(*) FROM outbox")

        await eventually(is_empty, timeout_s=HEALED_WITHIN_S)

    async def troubled(self, runtime: Runtime, part: str) -> str:
        """Until this part of a service is not well; what it says."""

        async def is_troubled() -> bool:
            return part in await runtime.troubles()

        await eventually(is_troubled, timeout_s=HEALED_WITHIN_S)
        return (await runtime.troubles())[part]

    async def well(self) -> None:
        """Until both services say that they can do their work."""

        async def is_well() -> bool:
            return not await self.publisher.troubles() and not await self.follower.troubles()

        await eventually(is_well, timeout_s=HEALED_WITHIN_S)

    async def administer(self, statement: str) -> None:
        """A statement by the database's administrator."""
        connection = await asyncpg.connect(self.postgres.dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def quiet_stage(own_servers: OwnServersFactory) -> AsyncIterator[Stage]:
    """The stage before its services' loops are started."""
    # The client says twenty times a second that its broker is away, as if a test that failed had not enough to say.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    servers = await own_servers()
    broker, listener = Broker(servers.kafka.bootstrap), Listener()
    publisher = await open_publisher(servers.postgres.dsn, broker)
    follower = await open_follower(servers.postgres.dsn, broker, listener)
    yield Stage(servers.postgres, servers.kafka, publisher, follower, listener, Ledger())
    for runtime in (publisher, follower):
        await runtime.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(quiet_stage: Stage) -> Stage:
    """The stage at work."""
    quiet_stage.publisher.loops.start()
    quiet_stage.follower.loops.start()
    await quiet_stage.well()
    return quiet_stage
