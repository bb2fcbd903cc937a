"""Stand-ins for services that are not under test: a log and a relay of their own, over real Kafka, under their name."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from shared.contracts.codec import decode
from shared.contracts.envelope import Event
from shared.kernel.event_store import Cause, NewEvents
from shared.kernel.kafka import Broker
from shared.kernel.migrations import KERNEL, Component
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, Runtime, open_runtime


@dataclass(slots=True)
class StandIn:
    """A publisher that says what a test tells it to."""

    runtime: Runtime
    _versions: dict[str, int] = field(default_factory=dict)

    async def publish(self, stream: str, *events: Event) -> None:
        """Append to a stream, where it stands; the relay sends it."""
        version = self._versions.get(stream, 0)
        cause = Cause(uuid4(), "stand-in", str(uuid4()))
        await self.runtime.store.append(NewEvents(stream, version, events, cause))
        self._versions[stream] = version + len(events)


def stand_in_schemas(*sources: str) -> dict[str, Sequence[Component]]:
    """What a database needs for stand-ins under these sources."""
    return {_name(source): [KERNEL] for source in sources}


@asynccontextmanager
async def stand_in(dsn: str, broker: Broker, *, source: str, topics: Mapping[str, str]) -> AsyncIterator[StandIn]:
    """A running publisher under `source`, such as "/intake", with the topic of each kind of stream.

    The database has its schema, by `stand_in_schemas`.
    """
    runtime = await open_runtime(Ground(_name(source), dsn, broker, pool_size_max=4), decode)
    runtime.publish(Publication(source, dict(topics)))
    runtime.loops.start()
    try:
        yield StandIn(runtime)
    finally:
        await runtime.stop()


def _name(source: str) -> str:
    return f"stand_in_{source.strip('/')}"
