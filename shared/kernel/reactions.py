"""What a service does about others' events: a registry of functions by event type."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import uuid5

from shared.kernel.database import Connection
from shared.kernel.event_store import Cause
from shared.kernel.kafka import Incoming, Topic
from shared.kernel.work import Work

# What the broker gathers, for a tenth of a second at most, for a service whose effects nobody waits for: a few large
# batches cost a fraction of many small ones, and leave the machine to those that somebody waits for.
UNHURRIED_BYTES = 256 * 1024

Service = TypeVar("Service")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """Another service's event, as it reached a reaction."""

    event: E
    incoming: Incoming

    def cause(self, consumer: str, step: str = "") -> Cause:
        """The command that this event causes: deterministic, so that a redelivery repeats the same command."""
        return Cause(
            command_id=uuid5(self.incoming.event_id, f"{consumer}/{step}"),
            actor=consumer,
            correlation_id=self.incoming.correlation_id,
            causation_id=str(self.incoming.event_id),
        )


Knows = Callable[[str, int], bool]
React = Callable[[Service, Work, Received[Any]], Awaitable[None]]
Prefetch = Callable[[Service, Work, Sequence[Received[Any]]], Awaitable[None]]
ProjectReceived = Callable[[Service, Connection, Sequence[Received[Any]], Sequence[int]], Awaitable[None]]


@dataclass(slots=True)
class Reactions(Generic[Service]):
    """A service's reactions: a function an event type, and what is done once a batch.

    `keep` names the publishers whose events are kept raw in `received`, for projections to be rebuilt from. Of
    `gather_bytes` the broker waits for so many, or a tenth of a second, before it gives a batch. A service that
    `starts_later` needs no history: it begins each stream where it meets it, and an earlier version is no gap to it.
    What this code does not know, by type or version, waits for code that does, which may have to react to it.
    """

    topics: tuple[Topic, ...]
    knows: Knows
    keep: frozenset[str] = frozenset()
    kept_types: frozenset[str] = frozenset()
    by_type: dict[str, React[Service]] = field(default_factory=dict)
    prefetch: Prefetch[Service] | None = None
    project: ProjectReceived[Service] | None = None
    gather_bytes: int = 1
    starts_later: bool = False

    @property
    def types_read(self) -> frozenset[str]:
        """Event types that are decoded here; all others are only counted as seen."""
        return self.kept_types | self.by_type.keys()

    @property
    def state_topics(self) -> frozenset[str]:
        """Names of the topics where only the newest counts."""
        return frozenset(topic.name for topic in self.topics if topic.state)

    def keeps(self, incoming: Incoming) -> bool:
        """Whether it is kept raw."""
        return incoming.publisher in self.keep and incoming.topic not in self.state_topics

    def on(self, event: type[Any]) -> Callable[[React[Service]], React[Service]]:
        """Register the decorated function for an event type."""

        def register(react: React[Service]) -> React[Service]:
            self.by_type[event.type_name()] = react
            return react

        return register
