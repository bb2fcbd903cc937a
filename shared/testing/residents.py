"""Residents who report, dispute and rate by a stand-in intake: real keys, sealed words, over real Kafka."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from shared.contracts import intake
from shared.contracts.codec import decode
from shared.contracts.envelope import Attachment, Event, Sealed
from shared.contracts.intake import (
    Channel,
    Contact,
    FixDisputed,
    Link,
    Milestones,
    Rating,
    ReporterErased,
    StatedUrgency,
    TicketImported,
    TicketOpened,
    TicketRated,
    TicketWithdrawn,
)
from shared.contracts.keys import TOPIC as KEYS_TOPIC
from shared.kernel.event_store import Cause, NewEvents
from shared.kernel.kafka import Broker
from shared.kernel.migrations import KERNEL
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Work, transact
from shared.privacy import KEYS, NONCE_BYTES, Keyring, PersonKey, PlatformKey, seal
from shared.privacy.keyring import ENTROPY_BYTES
from shared.privacy.publishing import key_messages

NAME = "stand_in_intake"
COMPONENTS = (KERNEL, KEYS)
SAMPLE_PLATFORM_KEY = bytes(range(32))
SAMPLE_PHONE = "+8610000000999"


@dataclass(slots=True)
class Residents:
    """What residents do, as intake tells it."""

    runtime: Runtime
    keyring: Keyring
    _keys: dict[str, PersonKey] = field(default_factory=dict)
    _reporters: dict[UUID, str] = field(default_factory=dict)
    _versions: dict[UUID, int] = field(default_factory=dict)
    _numbers: int = 100_000_000

    async def report(
        self,
        text: str,
        *,
        place: str,
        at: datetime,
        category: str | None = None,
        stated_urgency: StatedUrgency | None = None,
        key_sent: bool = True,
    ) -> UUID:
        """A scan; returns the ticket's id."""
        ticket_id, key = uuid4(), await self._new_key(key_sent=key_sent)
        self._reporters[ticket_id] = key.person
        opened = TicketOpened(
            at=at,
            ticket_id=ticket_id,
            number=self._next_number(),
            place=place,
            channel=Channel.QR,
            category=category,
            text=_sealed(key, text),
            reporter=key.person,
            contact=Contact(phone=_sealed(key, SAMPLE_PHONE)),
            tracking_token=_sealed(key, secrets.token_urlsafe(32)),
            stated_urgency=stated_urgency,
        )
        await self.tell(ticket_id, opened)
        return ticket_id

    async def report_split(
        self,
        first: UUID,
        other: UUID,
        words: str,
        *,
        place: str,
        at: datetime,
        link: Link = Link.SECOND_TROUBLE,
        photos: tuple[Attachment, ...] = (),
    ) -> UUID:
        """What staff found in a report, or found back, which intake opened a ticket for; returns its id."""
        key = self._keys[self._reporters[first]]
        self._reporters[other] = key.person
        opened = TicketOpened(
            at=at,
            ticket_id=other,
            number=self._next_number(),
            place=place,
            channel=Channel.QR,
            text=_sealed(key, words),
            reporter=key.person,
            tracking_token=_sealed(key, secrets.token_urlsafe(32)),
            attachments=photos,
            split_from=first,
            link=link,
            split_from_number="100000000",
        )
        await self.tell(other, opened)
        return other

    async def reported_before(
        self,
        text: str,
        *,
        place: str,
        at: datetime,
        milestones: Milestones,
        unit: str | None = None,
        stated_urgency: StatedUrgency | None = None,
    ) -> UUID:
        """A row of another system's past."""
        ticket_id, key = uuid4(), await self._new_key(key_sent=True)
        self._reporters[ticket_id] = key.person
        imported = TicketImported(
            at=at,
            ticket_id=ticket_id,
            number=self._next_number(),
            place=place,
            text=_sealed(key, text),
            reporter=key.person,
            tracking_token=_sealed(key, secrets.token_urlsafe(32)),
            source="another system",
            source_id=str(ticket_id),
            unit=unit,
            milestones=milestones,
            stated_urgency=stated_urgency,
        )
        await self.tell(ticket_id, imported)
        return ticket_id

    async def dispute(self, ticket_id: UUID, words: str, *, at: datetime) -> None:
        """Not fixed."""
        key = self._keys[self._reporters[ticket_id]]
        await self.tell(ticket_id, FixDisputed(at=at, ticket_id=ticket_id, words=_sealed(key, words)))

    async def withdraw(self, ticket_id: UUID, *, at: datetime, words: str = "") -> None:
        """Nothing more is wanted."""
        key = self._keys[self._reporters[ticket_id]]
        sealed = _sealed(key, words) if words else None
        await self.tell(ticket_id, TicketWithdrawn(at=at, ticket_id=ticket_id, words=sealed))

    async def rate(self, ticket_id: UUID, rating: Rating, *, at: datetime) -> None:
        """The visit back is answered."""
        await self.tell(ticket_id, TicketRated(at=at, ticket_id=ticket_id, rating=rating))

    async def be_forgotten(self, ticket_id: UUID, *, at: datetime) -> None:
        """The reporter's key is erased, and everybody is told."""
        person = self._reporters[ticket_id]

        async def act(work: Work) -> None:
            await self.keyring.erase(work.connection, person)
            work.publish_states([person])

        await transact(self.runtime.store, self.runtime.ground.clock.now, act)
        await self.tell(ticket_id, ReporterErased(at=at, ticket_id=ticket_id))

    async def send_key(self, ticket_id: UUID) -> None:
        """The key of a reporter whose key was held back."""
        await self._send(self._reporters[ticket_id])

    async def tell(self, ticket_id: UUID, event: Event) -> None:
        """Append to a ticket's stream."""
        version = self._versions.get(ticket_id, 0)
        cause = Cause(uuid4(), "stand-in", str(ticket_id))
        await self.runtime.store.append(NewEvents(f"ticket-{ticket_id}", version, [event], cause))
        self._versions[ticket_id] = version + 1

    async def _new_key(self, *, key_sent: bool) -> PersonKey:
        made = self.keyring.new_key(str(uuid4()), entropy=secrets.token_bytes(ENTROPY_BYTES))
        self._keys[made.key.person] = made.key
        async with self.runtime.pool.acquire() as connection:
            await self.keyring.record(connection, [made.record])
        if key_sent:
            await self._send(made.key.person)
        return made.key

    async def _send(self, person: str) -> None:
        async def act(work: Work) -> None:
            work.publish_states([person])

        await transact(self.runtime.store, self.runtime.ground.clock.now, act)

    def _next_number(self) -> str:
        self._numbers += 1
        return str(self._numbers)


@asynccontextmanager
async def residents_at(dsn: str, broker: Broker) -> AsyncIterator[Residents]:
    """A running stand-in for intake; its topics, and its schema `NAME` with `COMPONENTS`, must exist."""
    runtime = await open_runtime(Ground(NAME, dsn, broker, pool_size_max=4), decode)
    keyring = Keyring(PlatformKey(SAMPLE_PLATFORM_KEY))
    runtime.publish(
        Publication(
            "/intake",
            {"ticket": intake.TOPIC},
            states_topic=KEYS_TOPIC,
            current_states=key_messages(keyring, "/intake"),
        )
    )
    runtime.loops.start()
    try:
        yield Residents(runtime, keyring)
    finally:
        await runtime.stop()


def _sealed(key: PersonKey, text: str) -> Sealed:
    return seal(key, text, nonce=secrets.token_bytes(NONCE_BYTES))
