"""The pilot's town as its people see it: residents at their phones, staff at the desk, messages, figures."""

import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition

from services import composed
from services.intake import app as intake_app
from services.intake.handlers import Intake
from services.routing import app as routing_app
from services.routing.handlers import Routing
from shared.embedded.platform import Platform
from shared.kernel.database import Connection
from shared.kernel.kafka import Broker, describe_cluster
from shared.kernel.runtime import Ground
from shared.testing.running_clock import RunningClock
from shared.testing.waiting import eventually

EAST_GATE = "XSVH65NM"
WEST_GATE = "XMHYAPX7"
OWN_PASSWORD = "four plain words here"
STANDINGS = "SELECT consumer, topic, partition, next_offset FROM offsets"
UNSENT = "SELECT id FROM notifications WHERE due_at <= $1 OR state = 'attempted' LIMIT 1"
Files = Sequence[tuple[str, tuple[str, bytes, str]]]


@dataclass(frozen=True, slots=True)
class Message:
    """One SMS as the sandbox shows it to machines."""

    ticket_id: UUID
    audience: str
    template: str
    to: str
    text: str

    @property
    def link(self) -> str:
        """Where its reader is led."""
        found = re.search(r"https?://\S+", self.text)
        assert found is not None, "a message without a link"
        return found[0]


@dataclass(slots=True)
class Heard:
    """What is told beyond the pages: addresses asked for and led to, and the text of every refusal."""

    addresses: list[str] = field(default_factory=list)
    refusals: list[bytes] = field(default_factory=list)

    async def note_address(self, request: httpx2.Request) -> None:
        self.addresses.append(str(request.url))

    async def note_refusal(self, response: httpx2.Response) -> None:
        self.addresses.append(response.headers.get("location", ""))
        # A form that is handed back for mending holds what was typed, for the one who typed it: that is meant.
        if response.status_code >= 400 and b'name="csrf_token"' not in await response.aread():
            self.refusals.append(response.content)


@dataclass(frozen=True, slots=True)
class Browser:
    """A person's browser."""

    client: httpx2.AsyncClient

    async def page(self, address: str) -> str:
        response = await self.client.get(address, follow_redirects=True)
        assert response.status_code == 200, response.text
        return response.text

    async def send(self, address: str, page: str, files: Files = (), **fields: str) -> httpx2.Response:
        """Fill a form of this page and send it."""
        hidden = {name: hidden_in(page, name) for name in ("csrf_token", "form_token")}
        return await self.client.post(address, data={**hidden, **fields}, files=list(files) or None)

    async def signs_in(self, page: str, *, account: str, password: str) -> httpx2.Response:
        """Fill the desk's door."""
        form = {"csrf_token": hidden_in(page, "csrf_token"), "next": "/desk"}
        return await self.client.post("/desk/sign-in", data=form | {"account": account, "password": password})


@dataclass(frozen=True, slots=True)
class Resident(Browser):
    """Somebody who stands at a sticker with a phone in their hand."""

    async def report(
        self,
        text: str,
        *,
        place: str = EAST_GATE,
        phone: str = "",
        name: str = "",
        category: str = "",
        files: Files = (),
    ) -> str:
        """Scan, write, send; returns the address of the status page."""
        page = await self.page(f"/r/{place}")
        typed = {"text": text, "phone": phone, "name": name, "category": category, "website": ""}
        traced = {"scan": hidden_in(page, "scan")} if 'name="scan"' in page else {}
        answer = await self.send(f"/r/{place}", page, files, **typed, **traced)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def rate(self, status: str, rating: str, words: str = "") -> httpx2.Response:
        page = await self.page(status)
        return await self.send(f"{status}/rating", page, rating=rating, rating_words=words)

    async def dispute(self, status: str, words: str) -> httpx2.Response:
        page = await self.page(status)
        return await self.send(f"{status}/not-fixed", page, dispute_words=words)

    async def rate_anyway(self, status: str, rating: str) -> httpx2.Response:
        """Rate though the page does not offer it."""
        return await self.send(f"{status}/rating", await self.page(f"/r/{EAST_GATE}"), rating=rating, rating_words="")

    async def dispute_anyway(self, status: str, words: str) -> httpx2.Response:
        """Dispute though the page does not offer it."""
        return await self.send(f"{status}/not-fixed", await self.page(f"/r/{EAST_GATE}"), dispute_words=words)


@dataclass(frozen=True, slots=True)
class Desk(Browser):
    """A member of staff who is signed in."""

    async def act(self, case_id: UUID, action: str, files: Files = (), **fields: str) -> httpx2.Response:
        """Open the case and send the form of one act from its page."""
        page = await self.page(f"/desk/cases/{case_id}")
        fields["version"] = hidden_in(page, "version")
        return await self.send(f"/desk/cases/{case_id}/{action}", page, files, **fields)

    async def acts(self, case_id: UUID, action: str, files: Files = (), **fields: str) -> None:
        """The same, where it must not be refused."""
        answer = await self.act(case_id, action, files, **fields)
        assert answer.status_code == 303, answer.text


@dataclass(slots=True)
class Town:
    """The platform at work, as a scenario walks through it."""

    platform: Platform
    clock: RunningClock
    passwords: dict[str, str]
    log: Path
    heard: Heard = field(default_factory=Heard)
    _connections: dict[str, Connection] = field(default_factory=dict)

    @asynccontextmanager
    async def client(self, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
        """An HTTP client whose requests are heard."""
        hooks: dict[str, list[Callable[..., Any]]] = {
            "request": [self.heard.note_address],
            "response": [self.heard.note_refusal],
        }
        headers = {"accept-language": "zh", **headers}
        async with httpx2.AsyncClient(
            base_url=self.platform.origin, headers=headers, event_hooks=hooks, timeout=30
        ) as client:
            yield client

    @asynccontextmanager
    async def resident(self) -> AsyncIterator[Resident]:
        async with self.client() as client:
            yield Resident(client)

    @asynccontextmanager
    async def at_desk(self, person: str) -> AsyncIterator[Desk]:
        """Signed in; at the first time with the first-use password, which is changed."""
        async with self.client() as client:
            desk = Desk(client)
            await self._sign_in(desk, person)
            yield desk

    async def _sign_in(self, desk: Desk, person: str) -> None:
        answer = await desk.signs_in(await desk.page("/desk"), account=person, password=self.passwords[person])
        assert answer.status_code == 303, answer.text
        if answer.headers["location"] == "/desk/first-password":
            page = await desk.page("/desk/first-password")
            own = {"password": OWN_PASSWORD, "password_again": OWN_PASSWORD}
            token = hidden_in(page, "csrf_token")
            answer = await desk.client.post("/desk/first-password", data={"csrf_token": token, **own})
            assert answer.status_code == 303, answer.text
            self.passwords[person] = OWN_PASSWORD

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[Intake]:
        """Intake without its loops, as a command opens it."""
        async with self._opened(intake_app) as service:
            yield service

    @asynccontextmanager
    async def routing(self) -> AsyncIterator[Routing]:
        """Routing without its loops, as a command opens it."""
        async with self._opened(routing_app) as service:
            yield service

    @asynccontextmanager
    async def _opened(self, root: Any) -> AsyncIterator[Any]:
        [part] = [part for part in composed.parts_of(self.platform) if part.root is root]
        service = await root.open_service(part.ground, part.config)
        try:
            yield service
        finally:
            await service.runtime.stop()

    async def messages(self, ticket_id: UUID) -> list[Message]:
        """What phones were sent about a ticket, the oldest first."""
        async with self.client() as client:
            answer: dict[str, Any] = (await client.get("/sandbox/messages.json")).json()
        shown = [_message(each) for each in reversed(answer["messages"])]
        return [each for each in shown if each.ticket_id == ticket_id]

    async def message_to(self, ticket_id: UUID, audience: str, template: str, *, count: int = 1) -> Message:
        """The newest message of this kind, once there are so many."""
        found: list[Message] = []

        async def has_come() -> bool:
            messages = await self.messages(ticket_id)
            found[:] = [each for each in messages if (each.audience, each.template) == (audience, template)]
            return len(found) >= count

        await eventually(has_come)
        return found[-1]

    async def ticket_id(self, status: str) -> UUID:
        """The id of the ticket whose status page this is."""
        token = status.removeprefix("/t/")
        found = await self.values("intake", "SELECT id FROM tickets WHERE token_sha256 = sha256($1)", token.encode())
        assert len(found) == 1
        return UUID(str(found[0]))

    async def case_stands(self, case_id: UUID, status: str) -> None:
        """Wait until the case has come so far."""

        async def has_come() -> bool:
            return await self.values("routing", "SELECT status FROM cases WHERE id = $1", case_id) == [status]

        await eventually(has_come)

    async def status_shows(self, resident: Resident, status: str, words: str) -> None:
        """Wait until the status page says so: between services all is eventual."""

        async def shows() -> bool:
            return words in await resident.page(status)

        await eventually(shows)

    async def settled(self) -> None:
        """Wait until all that was said has been heard by everybody, and no message waits for more than its next try."""

        async def is_quiet() -> bool:
            # Twice, since what is heard may bring about something that is still to be said.
            return await self._is_quiet() and await self._is_quiet()

        await eventually(is_quiet, timeout_s=60)

    async def _is_quiet(self) -> bool:
        publishers = ("intake", "routing", "notify")
        unsaid = [await self.values(name, "SELECT position FROM outbox LIMIT 1") for name in publishers]
        unsent = await self.values("notify", UNSENT, self.clock.now())
        return not any(unsaid) and not unsent and not await self._unheard()

    async def _unheard(self) -> int:
        """How many records of the topics that they follow the services have not read."""
        rows = [row for name in composed.SERVICES for row in await self.rows(name, STANDINGS)]
        followed = {(row["consumer"], row["topic"]) for row in rows}
        ends = await topic_ends(self.platform, {topic for _, topic in followed})
        read = {(row["consumer"], row["topic"], row["partition"]): row["next_offset"] for row in rows}
        parts = [(consumer, *place) for place in ends for consumer, topic in followed if topic == place[0]]
        return sum(max(0, ends[part[1:]] - read.get(part, 0)) for part in parts)

    async def no_timer_is_due(self) -> None:
        """Wait until every timer that is due has fired."""
        query = "SELECT subject FROM timers WHERE due_at <= $1"

        async def none_is() -> bool:
            return not await self.values("routing", query, self.clock.now())

        await eventually(none_is)

    async def figures(self, day: datetime) -> dict[str, Any]:
        """The figures of the month of this day."""
        following = (day.replace(day=28) + _FEW_DAYS).replace(day=1)
        period = {"from": f"{day:%Y-%m}-01", "to": f"{following:%Y-%m}-01"}
        async with self.client() as client:
            answer = await client.get("/api/v1/figures", params=period)
        assert answer.status_code == 200, answer.text
        total: dict[str, Any] = answer.json()["total"]
        return total

    async def figures_once_rated(self, day: datetime, rated: int) -> dict[str, Any]:
        """The month's figures once so many ratings are counted: the last thing that a ticket brings."""

        async def are_counted() -> bool:
            return bool((await self.figures(day))["satisfaction"]["denominator"] >= rated)

        await eventually(are_counted)
        return await self.figures(day)

    async def values(self, service: str, query: str, *arguments: object) -> list[object]:
        """The first column of what a service's tables answer."""
        return [row[0] for row in await self.rows(service, query, *arguments)]

    async def rows(self, service: str, query: str, *arguments: object) -> list[asyncpg.Record]:
        """What a service's tables answer."""
        if service not in self._connections:
            ground = self.ground(service)
            self._connections[service] = await ground.connect()
        return list(await self._connections[service].fetch(query, *arguments))

    async def close(self) -> None:
        """Let go of the database."""
        for connection in self._connections.values():
            await connection.close()

    def ground(self, service: str) -> Ground:
        """Where a service stands."""
        return composed.ground_of(self.platform, service)


async def topic_ends(platform: Platform, topics: Iterable[str]) -> dict[tuple[str, int], int]:
    """The offset behind the last record of each partition, by the topic's plain name."""
    broker = Broker(platform.kafka_bootstrap, platform.topic_prefix)
    cluster = await describe_cluster(broker, [broker.named(topic) for topic in topics])
    parts = [TopicPartition(topic, part) for topic, numbers in cluster.partitions.items() for part in numbers]
    async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
        ends = await consumer.end_offsets(parts)
    return {(broker.plain(part.topic), part.partition): end for part, end in ends.items()}


_FEW_DAYS = datetime(2026, 1, 9) - datetime(2026, 1, 1)  # noqa: DTZ001 - only their difference counts.


def hidden_in(page: str, name: str) -> str:
    """A hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no hidden {name}"
    return found[1]


def _message(record: dict[str, Any]) -> Message:
    return Message(
        ticket_id=UUID(record["ticket_id"]),
        audience=record["audience"],
        template=record["template"],
        to=record["recipient"],
        text=record["text"],
    )
