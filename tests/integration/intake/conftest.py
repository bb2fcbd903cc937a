"""Intake on real PostgreSQL and Kafka, with a stand-in routing that tells it the district and what becomes of cases."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.intake.app import COMPONENTS, NAME, PUBLISHES, create_app, open_service
from services.intake.config import Config
from services.intake.handlers import Intake, Scope
from services.intake.handlers.access import create_partner
from services.intake.reactions import ROUTING_TOPIC
from shared.contracts import directory as directory_contract
from shared.contracts import routing as routing_contract
from shared.contracts.directory import (
    AreaDefined,
    AreaLevel,
    CategoryDefined,
    DirectoryRecord,
    Name,
    PlaceDefined,
    UnitDefined,
)
from shared.contracts.envelope import Event, Sealed
from shared.contracts.routing import Matter
from shared.directory import DIRECTORY_TOPIC
from shared.kernel.clock import SetClock
from shared.kernel.kafka import Broker, ensure_topics
from shared.kernel.runtime import Ground
from shared.testing.databases import NewDatabase
from shared.testing.publishers import StandIn, stand_in, stand_in_schemas
from shared.testing.waiting import eventually

NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
PHONE = "10000001234"
SCHEMAS = {NAME: COMPONENTS, **stand_in_schemas("/routing")}
PATH = ("district", "town", "grid", "community", "estate")
COMMITTEE = Name(zh="居委会", en="Residents' committee")

DISTRICT: tuple[DirectoryRecord, ...] = (
    AreaDefined(
        at=NOW, id="estate", edition=1, name=Name(zh="样板小区", en="Sample estate"), level=AreaLevel.ESTATE,
        parent="community", path=PATH,
    ),
    PlaceDefined(at=NOW, id="GATE", edition=1, name=Name(zh="东门", en="East gate"), area="estate", path=PATH),
    PlaceDefined(
        at=NOW, id="OLDGATE", edition=1, retired=True, name=Name(zh="旧门", en="Old gate"), area="estate", path=PATH
    ),
    CategoryDefined(at=NOW, id="order", edition=1, name=Name(zh="公共秩序", en="Public order")),
    CategoryDefined(at=NOW, id="old", edition=1, retired=True, name=Name(zh="旧类别", en="Old category")),
    UnitDefined(at=NOW, id="committee", edition=1, name=COMMITTEE, area="community", calendar="all-day"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """Intake's front door, what stands behind it, and the clock."""

    intake: Intake
    http: httpx2.AsyncClient
    routing: StandIn
    clock: SetClock
    app: FastAPI

    async def post_from(self, address: str, body: Mapping[str, str]) -> int:
        """The status that somebody at this address gets for a report."""
        transport = httpx2.ASGITransport(self.app, client=(address, 40_000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima.test") as http:
            return (await http.post("/api/v1/tickets", json=body)).status_code

    async def report(self, **changes: Any) -> dict[str, Any]:
        """A report that is taken."""
        response = await self.http.post("/api/v1/tickets", json={"place": "GATE", "text": "消防通道被堵", **changes})
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    async def partner_key(self, *scopes: Scope, quota_per_minute: int = 600) -> str:
        """The API key of a new partner system."""
        made = await create_partner(
            self.intake.runtime.pool,
            name="网格平台",
            scopes=frozenset(scopes or Scope),
            quota_per_minute=quota_per_minute,
            at=NOW,
        )
        return made.api_key

    async def events_of(self, ticket_id: str) -> list[str]:
        """The names of a ticket's events."""
        rows = await self.intake.runtime.pool.fetch(
            "SELECT type FROM events WHERE stream = $1 ORDER BY version", f"ticket-{ticket_id}"
        )
        return [row["type"].removeprefix("yima.intake.") for row in rows]

    async def tickets(self) -> int:
        """How many tickets there are."""
        return int(await self.intake.runtime.pool.fetchval("SELECT count(*) FROM tickets"))

    async def told(self, ticket_id: str, *events: Event) -> None:
        """Let routing say this of a ticket, and wait until intake has heard it."""
        before = await self._steps(ticket_id)
        await self.routing.publish(f"case-{ticket_id}", *events)

        async def heard() -> bool:
            return await self._steps(ticket_id) == before + len(events)

        await eventually(heard)

    async def _steps(self, ticket_id: str) -> int:
        query = "SELECT count(*) FROM ticket_steps WHERE ticket_id = $1"
        return int(await self.intake.runtime.pool.fetchval(query, UUID(ticket_id)))


@pytest_asyncio.fixture(loop_scope="session")
async def door(
    new_database: NewDatabase, kafka_bootstrap: str, topic_prefix: str, tmp_path: Path
) -> AsyncIterator[Door]:
    """A door of the test's own: it counts what stands behind it, or moves the clock."""
    dsn = await new_database(**SCHEMAS)
    async with opened_door(dsn, Broker(kafka_bootstrap, topic_prefix), config_in(tmp_path)) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def busy_door(
    lasting_database: NewDatabase, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    """A door that many tests knock at; none of them minds the others."""
    config = config_in(tmp_path_factory.mktemp("intake")).model_copy(
        update={"reports_per_address_max": 10_000, "reports_per_place_max": 10_000}
    )
    dsn = await lasting_database(**SCHEMAS)
    async with opened_door(dsn, Broker(kafka_bootstrap, f"t{uuid4().hex[:12]}."), config) as opened:
        yield opened


@asynccontextmanager
async def opened_door(dsn: str, broker: Broker, config: Config) -> AsyncIterator[Door]:
    """Intake with the sample district, at work, in a database with `SCHEMAS`."""
    clock = SetClock(NOW)
    await ensure_topics(broker, [*PUBLISHES, DIRECTORY_TOPIC, ROUTING_TOPIC])
    topics = {"case": routing_contract.TOPIC, **{each.kind: directory_contract.TOPIC for each in DISTRICT}}
    async with stand_in(dsn, broker, source="/routing", topics=topics) as routing:
        for record in DISTRICT:
            await routing.publish(record.stream, record)
        intake = await open_service(Ground(NAME, dsn, broker, clock), config)
        intake.runtime.loops.start()
        await eventually(lambda: knows_the_district(intake))
        app = create_app(intake)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima.test") as http:
            yield Door(intake, http, routing, clock, app)
        await intake.runtime.stop()


def config_in(folder: Path) -> Config:
    """Settings of an installation that plays with sample people."""
    return Config(
        platform_key=b"p" * 32,
        hmac_key=b"h" * 32,
        session_key=b"s" * 32,
        public_url="http://yima.test",
        data_dir=folder,
        allow_unassigned_phones=True,
    )


async def knows_the_district(intake: Intake) -> bool:
    """Whether every record has arrived."""
    rows = await intake.runtime.pool.fetchval("SELECT count(*) FROM directory")
    if rows < len(DISTRICT):
        return False
    return len((await intake.directory.current()).categories) == 2


def a_matter(number: str = "204815736") -> Matter:
    """What routing's events say the case is about."""
    return Matter(
        number=number,
        place="GATE",
        area="estate",
        reporter="r1",
        tracking_token=Sealed(person="r1", key_version=1, box="AAAA"),
    )
