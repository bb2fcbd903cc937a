"""Notify on real PostgreSQL and Kafka, with a stand-in intake and routing that tell it what happens."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest_asyncio

from services.notify.app import COMPONENTS, NAME, PUBLISHES, create_app, open_service
from services.notify.config import Config
from services.notify.handlers import Notify
from services.notify.queries import MessageStatus, notifications_of_ticket
from shared.contracts import directory as directory_contract
from shared.contracts import intake as intake_contract
from shared.contracts import routing as routing_contract
from shared.contracts.codec import decode
from shared.contracts.directory import (
    DirectoryRecord,
    DutyDefined,
    Name,
    PersonDefined,
    PlaceDefined,
    Role,
    Shift,
)
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Channel, Contact, TicketOpened
from shared.contracts.routing import CaseAssigned, Deadlines, Matter, RuleTrace
from shared.directory import DIRECTORY_TOPIC
from shared.kernel.clock import SetClock
from shared.kernel.database import Connection
from shared.kernel.kafka import Broker, Topic, ensure_topics
from shared.kernel.migrations import KERNEL
from shared.kernel.relay import Publication
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Work, transact
from shared.privacy import KEYS, NONCE_BYTES, Keyring, NewKey, PlatformKey, seal
from shared.privacy.publishing import KEYS_TOPIC, key_messages
from shared.testing.databases import NewDatabase
from shared.testing.publishers import StandIn, stand_in, stand_in_schemas
from shared.testing.waiting import eventually
from tests.unit.notify.samples import ACCEPT_BY, AT

REPORTERS_PHONE = "+8610000001234"
LEADS_PHONE = "+8610000005678"
TOKEN = "a-token-nobody-guesses"
OPERATOR_KEY = "operators-know-it"
PLATFORM_KEY = b"p" * 32
PARTITIONS = 2
SCHEMAS = {NAME: COMPONENTS, "stand_in_intake": (KERNEL, KEYS), **stand_in_schemas("/routing")}
DISTRICT_SIZE = 4


@dataclass(slots=True)
class Town:
    """What happens in town: people with keys of their own, tickets, cases, and who is on duty."""

    intake: StandIn
    routing: StandIn
    keyring: Keyring
    keys: dict[str, NewKey] = field(default_factory=dict)

    def sealed(self, person: str, text: str) -> Sealed:
        """A text sealed for a person."""
        key = self.keys.setdefault(person, self.keyring.new_key(person, entropy=secrets.token_bytes(44)))
        return seal(key.key, text, nonce=secrets.token_bytes(NONCE_BYTES))

    async def publish_key(self, person: str) -> None:
        """The person's key goes out as intake sends it."""

        async def act(work: Work) -> None:
            await self.keyring.record(work.connection, [self.keys[person].record])
            work.publish_states([person])

        await transact(self.intake.runtime.store, self.intake.runtime.ground.clock.now, act)

    async def erase(self, person: str) -> None:
        """The person is forgotten."""

        async def act(work: Work) -> None:
            await self.keyring.erase(work.connection, person)
            work.publish_states([person])

        await transact(self.intake.runtime.store, self.intake.runtime.ground.clock.now, act)

    def ticket(self, *, phone: str | None = REPORTERS_PHONE, reporter: str | None = None) -> TicketOpened:
        """A ticket of a reporter of its own."""
        person = reporter or f"r-{uuid4().hex}"
        return TicketOpened(
            at=AT,
            ticket_id=uuid4(),
            number="204815736",
            place="GATE",
            channel=Channel.QR,
            text=self.sealed(person, "消防通道被堵"),
            reporter=person,
            contact=Contact(phone=self.sealed(person, phone) if phone else None),
            tracking_token=self.sealed(person, TOKEN),
        )

    def matter(self, ticket: TicketOpened) -> Matter:
        """What routing says the case is about."""
        return Matter(
            number=ticket.number,
            place=ticket.place,
            area="estate",
            reporter=ticket.reporter,
            contact=ticket.contact,
            tracking_token=ticket.tracking_token,
        )

    def assignment(self, ticket: TicketOpened, *, unit: str = "committee") -> CaseAssigned:
        """Its case, assigned."""
        return CaseAssigned(
            at=AT,
            case_id=ticket.ticket_id,
            unit=unit,
            matter=self.matter(ticket),
            trace=RuleTrace(rule="fire-lane", directory_version=1),
            deadlines=Deadlines(accept_by=ACCEPT_BY),
        )

    async def report(self, **changes: Any) -> TicketOpened:
        """A ticket is opened, its reporter's key goes out."""
        ticket = self.ticket(**changes)
        await self.publish_key(ticket.reporter)
        await self.intake.publish(f"ticket-{ticket.ticket_id}", ticket)
        return ticket

    async def say(self, *records: DirectoryRecord) -> None:
        """The directory says so."""
        for record in records:
            await self.routing.publish(record.stream, record)

    def committee(self) -> tuple[DirectoryRecord, ...]:
        """A gate, and a committee whose lead is on duty all day; a property company that nobody is on duty for."""
        lead = PersonDefined(
            at=AT,
            id="lead",
            edition=1,
            unit="committee",
            role=Role.LEAD,
            name=self.sealed("lead", "居委会值班员甲"),
            phone=self.sealed("lead", LEADS_PHONE),
        )
        return (
            PlaceDefined(at=AT, id="GATE", edition=1, name=Name(zh="东门", en="East gate"), area="estate", path=()),
            lead,
            DutyDefined(at=AT, id="committee", edition=1, shifts=(Shift(person="lead"),)),
            DutyDefined(at=AT, id="property", edition=1, shifts=(Shift(person="lead", to_minute=1),)),
        )


@dataclass(frozen=True, slots=True)
class Post:
    """Notify at work, and the town that it hears of."""

    notify: Notify
    town: Town
    http: httpx2.AsyncClient
    clock: SetClock

    async def messages(self, ticket_id: UUID) -> list[MessageStatus]:
        """How far each message about a ticket has come."""
        return await notifications_of_ticket(self.notify.runtime.pool, ticket_id)

    async def until(self, ticket_id: UUID, *states: str) -> list[MessageStatus]:
        """Wait until the ticket's messages stand so."""

        async def stands() -> bool:
            return sorted(each.state for each in await self.messages(ticket_id)) == sorted(states)

        await eventually(stands)
        return await self.messages(ticket_id)

    async def sent(self, ticket_id: UUID) -> list[dict[str, Any]]:
        """What the sandbox took about a ticket, the newest first."""
        response = await self.http.get("/sandbox/messages.json")
        assert response.status_code == 200, response.text
        return [each for each in response.json()["messages"] if each["ticket_id"] == str(ticket_id)]

    async def settled(self) -> None:
        """Wait until the district has arrived: a directory is a second old at most, and this clock stands still."""

        async def arrived() -> bool:
            return int(await self.notify.runtime.pool.fetchval("SELECT count(*) FROM directory")) == DISTRICT_SIZE

        await eventually(arrived)

    async def events_of(self, notification_id: UUID) -> list[str]:
        """The names of a message's events."""
        rows = await self.notify.runtime.pool.fetch(
            "SELECT type FROM events WHERE stream = $1 ORDER BY version", f"notification-{notification_id}"
        )
        return [row["type"].removeprefix("yima.notify.") for row in rows]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def post(lasting_database: NewDatabase, kafka_bootstrap: str) -> AsyncIterator[Post]:
    """Notify with the sandbox, in a town whose committee is on duty; its tests do not mind each other."""
    dsn = await lasting_database(**SCHEMAS)
    async with a_town(dsn, kafka_bootstrap) as town, opened_post(town, a_config()) as opened:
        await opened.settled()
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def town(new_database: NewDatabase, kafka_bootstrap: str) -> AsyncIterator[Town]:
    """A town of the test's own."""
    async with a_town(await new_database(**SCHEMAS), kafka_bootstrap) as opened:
        yield opened


@asynccontextmanager
async def a_town(dsn: str, bootstrap: str) -> AsyncIterator[Town]:
    """A town where nobody has reported anything yet, in a database with `SCHEMAS`."""
    broker, keyring = Broker(bootstrap, f"t{uuid4().hex[:12]}."), Keyring(PlatformKey(PLATFORM_KEY))
    topics = [Topic(intake_contract.TOPIC), Topic(routing_contract.TOPIC), DIRECTORY_TOPIC, KEYS_TOPIC]
    await ensure_topics(broker, [replace(topic, partitions=PARTITIONS) for topic in (*PUBLISHES, *topics)])
    kinds = ("place", "person", "unit", "duty", "cover", "template")
    of_cases = dict.fromkeys(("case", "shifts"), routing_contract.TOPIC)
    routing_topics = {**of_cases, **dict.fromkeys(kinds, directory_contract.TOPIC)}
    async with stand_in(dsn, broker, source="/routing", topics=routing_topics) as routing:
        intake = await intake_with_keys(dsn, broker, keyring)
        intake.loops.start()
        town = Town(StandIn(intake), routing, keyring)
        await town.say(*town.committee())
        await town.publish_key("lead")
        yield town
        await intake.stop()


async def intake_with_keys(dsn: str, broker: Broker, keyring: Keyring) -> Runtime:
    """A stand-in that publishes keys too."""
    runtime = await open_runtime(Ground("stand_in_intake", dsn, broker, pool_size_max=4), decode)
    runtime.publish(
        Publication(
            "/intake",
            {"ticket": intake_contract.TOPIC},
            states_topic=KEYS_TOPIC.name,
            current_states=key_messages(keyring, "/intake"),
        )
    )
    return runtime


@asynccontextmanager
async def opened_post(town: Town, config: Config) -> AsyncIterator[Post]:
    """Notify at work."""
    ground, clock = town.intake.runtime.ground, SetClock(AT)
    dsn = ground.database_url
    notify = await open_service(Ground(NAME, dsn, ground.broker, clock), config)
    notify.runtime.loops.start()
    transport = httpx2.ASGITransport(create_app(notify))
    async with httpx2.AsyncClient(transport=transport, base_url="https://yima.test") as http:
        yield Post(notify, town, http, clock)
    await notify.runtime.stop()


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    """One connection."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def a_config(**changes: Any) -> Config:
    """Settings with an operator's key."""
    return Config(
        **{"platform_key": PLATFORM_KEY, "public_url": "https://yima.test", "operator_key": OPERATOR_KEY, **changes}
    )
