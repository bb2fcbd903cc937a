"""Reporting on real PostgreSQL and Kafka, with stand-ins for those it listens to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest_asyncio
from fastapi import FastAPI

from services.reporting.app import COMPONENTS, NAME, create_app, open_service
from services.reporting.config import Config
from services.reporting.projections import Reporting
from shared.contracts import directory, intake, notify, routing
from shared.contracts.directory import Reach, Role
from shared.kernel.clock import SetClock
from shared.kernel.kafka import Broker, Topic, ensure_topics
from shared.kernel.runtime import Ground
from shared.testing.databases import NewDatabase
from shared.testing.publishers import StandIn, stand_in, stand_in_schemas
from shared.testing.waiting import eventually
from shared.web.passes import PASS_COOKIE
from tests.integration.reporting import stories
from tests.integration.reporting.stories import Story

TOPICS = tuple(Topic(name, partitions=3) for name in (intake.TOPIC, routing.TOPIC, notify.TOPIC, directory.TOPIC))
NOW = datetime(2026, 5, 20, tzinfo=UTC)
SECRET = b"0123456789abcdef0123456789abcdef"
WHOLE = "property district"
DIRECTORY_KINDS = ("area", "place", "unit", "person", "duty", "category", "rules", "calendar")


@dataclass(frozen=True, slots=True)
class Town:
    """Reporting, and those whom it hears."""

    reporting: Reporting
    intake: StandIn
    routing: StandIn
    notify: StandIn
    app: FastAPI

    async def tell(self, *told: Story) -> None:
        """The services tell of these tickets, and reporting has heard them."""
        for story in told:
            await self.intake.publish(f"ticket-{story.ticket}", *story.intake)
            await self.routing.publish(f"case-{story.ticket}", *story.routing)
            for message in story.notify:
                await self.notify.publish(f"notification-{message.notification_id}", message)
        await self.heard()

    async def heard(self) -> None:
        """Until reporting has taken in everything that was published."""
        publishers: Sequence[StandIn] = (self.intake, self.routing, self.notify)

        async def all_seen() -> bool:
            published = [await each.runtime.pool.fetchval("SELECT count(*) FROM events") for each in publishers]
            seen = await self.reporting.runtime.pool.fetchval("SELECT coalesce(sum(version), 0) FROM seen")
            return bool(seen >= sum(published))

        await self.until(all_seen)

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Until it holds."""
        await eventually(condition)

    async def figures(self, **question: str) -> dict[str, Any]:
        """What the interface answers."""
        response = await self.ask(**({"from": "2026-04-01", "to": "2026-05-01"} | question))
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def figure(self, figure: str, **question: str) -> dict[str, Any]:
        """What the interface answers about one of them."""
        response = await self.asked(f"/api/v1/figures/{figure}", {"from": "2026-04-01", "to": "2026-05-01"} | question)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def ask(self, **question: str) -> httpx2.Response:
        return await self.asked("/api/v1/figures", question)

    async def ask_behind(
        self, figure: str, list_of: str = "tickets", reader: str = WHOLE, **question: str
    ) -> httpx2.Response:
        """The tickets behind a figure, or those that correct it, for a reader: their unit and reach."""
        bearer = {"authorization": f"Bearer {self.let_on(reader)}"}
        return await self.asked(f"/api/v1/figures/{figure}/{list_of}", question, bearer)

    async def page(self, path: str, reader: str = WHOLE, **question: str) -> httpx2.Response:
        """A page of the figures, in English, for somebody whom the desk's door has let on."""
        cookies = {"cookie": f"{PASS_COOKIE}={self.let_on(reader)}; yima_lang=en"}
        return await self.asked(f"/desk/figures{path}", question, cookies)

    def let_on(self, reader: str) -> str:
        """A pass as the desk's door gives it to somebody of this unit and reach."""
        unit, reach = reader.split()
        token, _ = self.reporting.passes.issue(
            person="zhang", unit=unit, role=Role.HANDLER, reach=Reach(reach), admin=False
        )
        return token

    async def asked(
        self, path: str, question: dict[str, str], headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima") as client:
            return await client.get(path, params=question or None, headers=headers or {})


@pytest_asyncio.fixture(loop_scope="session")
async def town(new_database: NewDatabase, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[Town]:
    schemas = stand_in_schemas("/intake", "/routing", "/notify")
    dsn, broker = await new_database(**schemas, **{NAME: COMPONENTS}), Broker(kafka_bootstrap, topic_prefix)
    await ensure_topics(broker, TOPICS)
    async with AsyncExitStack() as stack:
        directory_topics = dict.fromkeys(DIRECTORY_KINDS, directory.TOPIC)
        tickets = await stack.enter_async_context(
            stand_in(dsn, broker, source="/intake", topics={"ticket": intake.TOPIC})
        )
        cases = await stack.enter_async_context(
            stand_in(dsn, broker, source="/routing", topics={"case": routing.TOPIC, **directory_topics})
        )
        messages = await stack.enter_async_context(
            stand_in(dsn, broker, source="/notify", topics={"notification": notify.TOPIC})
        )
        reporting = await open_service(Ground(NAME, dsn, broker, SetClock(NOW)), Config(session_key=SECRET))
        stack.push_async_callback(reporting.runtime.stop)
        reporting.runtime.loops.start()
        for record in stories.directory():
            await cases.publish(record.stream, record)
        yield Town(reporting, tickets, cases, messages, create_app(reporting))
