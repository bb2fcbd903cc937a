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
from shared.kernel.clock import SetClock
from shared.kernel.kafka import Broker, Topic, ensure_topics
from shared.kernel.runtime import Ground
from shared.testing.databases import NewDatabase
from shared.testing.publishers import StandIn, stand_in, stand_in_schemas
from shared.testing.waiting import eventually
from tests.integration.reporting import stories
from tests.integration.reporting.stories import Story

TOPICS = tuple(Topic(name, partitions=3) for name in (intake.TOPIC, routing.TOPIC, notify.TOPIC, directory.TOPIC))
NOW = datetime(2026, 5, 20, tzinfo=UTC)
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

    async def ask(self, **question: str) -> httpx2.Response:
        return await self._asked("/api/v1/figures", question)

    async def ask_behind(self, figure: str, list_of: str = "tickets", **question: str) -> httpx2.Response:
        """The tickets behind a figure, or those that correct it."""
        return await self._asked(f"/api/v1/figures/{figure}/{list_of}", question)

    async def _asked(self, path: str, question: dict[str, str]) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima") as client:
            return await client.get(path, params=question)


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
        reporting = await open_service(Ground(NAME, dsn, broker, SetClock(NOW)), Config())
        stack.push_async_callback(reporting.runtime.stop)
        reporting.runtime.loops.start()
        for record in stories.directory():
            await cases.publish(record.stream, record)
        yield Town(reporting, tickets, cases, messages, create_app(reporting))
