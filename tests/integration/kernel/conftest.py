"""A publisher and a follower on the run's own servers, in a database and under topics of the test's own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from shared.kernel.kafka import Broker
from shared.kernel.migrations import KERNEL
from shared.kernel.runtime import Runtime
from shared.testing.databases import NewDatabase
from shared.testing.ledger import Ledger, Listener, open_follower, open_publisher, running


@dataclass(frozen=True, slots=True)
class Pair:
    """A publisher, a follower, what the follower's reaction is told to do, and the ledger."""

    publisher: Runtime
    follower: Runtime
    listener: Listener
    ledger: Ledger


@pytest_asyncio.fixture(loop_scope="session")
async def pair_dsn(new_database: NewDatabase) -> str:
    """The administrator's address of the pair's database."""
    return await new_database(alpha=[KERNEL], beta=[KERNEL])


@pytest_asyncio.fixture(loop_scope="session")
async def stopped_pair(pair_dsn: str, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[Pair]:
    """The pair with its loops not started."""
    broker, listener = Broker(kafka_bootstrap, topic_prefix), Listener()
    publisher = await open_publisher(pair_dsn, broker)
    follower = await open_follower(pair_dsn, broker, listener)
    yield Pair(publisher, follower, listener, Ledger())
    await publisher.stop()
    await follower.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def pair(pair_dsn: str, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[Pair]:
    """The pair at work."""
    broker, listener = Broker(kafka_bootstrap, topic_prefix), Listener()
    publisher = await open_publisher(pair_dsn, broker)
    follower = await open_follower(pair_dsn, broker, listener)
    async with running(publisher, follower):
        yield Pair(publisher, follower, listener, Ledger())
