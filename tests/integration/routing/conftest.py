"""Routing on real PostgreSQL and Kafka with the pilot's district, residents at a stand-in intake, a clock to move."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from services.routing.adapters.district_file import read_district
from services.routing.app import COMPONENTS, NAME, PUBLISHES, open_service
from services.routing.config import Config
from services.routing.domain.case import Case, Status
from services.routing.domain.district import District
from services.routing.handlers import CASE, Routing
from services.routing.handlers.cases import stream_of
from services.routing.handlers.district import publish_district
from services.routing.handlers.reading import ALL_EVENTS, Told
from services.routing.reactions import INTAKE_TOPIC
from shared.kernel.clock import SetClock
from shared.kernel.kafka import Broker, ensure_topics
from shared.kernel.runtime import Ground
from shared.testing import residents
from shared.testing.databases import NewDatabase
from shared.testing.residents import SAMPLE_PLATFORM_KEY, Residents, residents_at
from shared.testing.waiting import eventually

PILOT = Path(__file__).parents[3] / "districts" / "pilot.yaml"
# A Tuesday evening at five past nine in Shanghai.
NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
EAST_GATE = "XSVH65NM"


@dataclass(frozen=True, slots=True)
class Desk:
    """Routing at work, the residents it hears, and the clock."""

    routing: Routing
    residents: Residents
    clock: SetClock

    async def case(self, case_id: UUID) -> Case:
        """The case as its events tell it."""
        loaded = await self.routing.runtime.store.load(stream_of(case_id), CASE)
        assert loaded.state is not None
        return loaded.state

    async def events(self, case_id: UUID) -> Told:
        """The case's events."""
        return (await self.routing.runtime.store.load(stream_of(case_id), ALL_EVENTS)).state

    async def case_once(self, case_id: UUID, status: Status) -> Case:
        """The case, once it has come so far."""

        async def has_come() -> bool:
            state = (await self.routing.runtime.store.load(stream_of(case_id), CASE)).state
            return state is not None and state.status is status

        await eventually(has_come)
        return await self.case(case_id)

    async def types(self, case_id: UUID) -> list[str]:
        """The names of the case's events."""
        rows = await self.routing.runtime.pool.fetch(
            "SELECT type FROM events WHERE stream = $1 ORDER BY version", stream_of(case_id)
        )
        return [row["type"].removeprefix("yima.routing.") for row in rows]


@pytest.fixture(scope="session")
def district() -> District:
    read = read_district(PILOT.read_bytes(), today=date(2026, 6, 1))
    assert read.district is not None
    return read.district


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return sample_config(tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def desk(
    new_database: NewDatabase, kafka_bootstrap: str, topic_prefix: str, config: Config, district: District
) -> AsyncIterator[Desk]:
    dsn = await new_database(**{NAME: COMPONENTS, residents.NAME: residents.COMPONENTS})
    broker, clock = Broker(kafka_bootstrap, topic_prefix), SetClock(NOW)
    await ensure_topics(broker, [replace(topic, partitions=3) for topic in (*PUBLISHES, INTAKE_TOPIC)])
    routing = await open_service(Ground(NAME, dsn, broker, clock), config)
    await publish_district(routing, district, file_sha256=hashlib.sha256(PILOT.read_bytes()).hexdigest())
    routing.runtime.loops.start()
    async with residents_at(dsn, broker) as reporters:
        yield Desk(routing, reporters, clock)
    await routing.runtime.stop()


def sample_config(data_dir: Path) -> Config:
    return Config(
        platform_key=SAMPLE_PLATFORM_KEY,
        hmac_key=b"h" * 32,
        session_key=b"s" * 32,
        public_url="http://yima",
        data_dir=data_dir,
        allow_unassigned_phones=True,
        password_time_cost=1,
        password_memory_kib=64,
    )
