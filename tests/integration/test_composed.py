"""The services together are ready by `/readyz` only when each knows the district, and its whole extent."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import httpx2
import pytest

from services import composed
from shared.directory.following import NO_DISTRICT
from shared.embedded.platform import Platform
from shared.embedded.progress import Progress
from shared.kernel.kafka import ensure_topics
from shared.kernel.migrations import migrate
from shared.testing.waiting import eventually
from tests.scenarios.conftest import served

READY_WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Front:
    """What the platform says of itself."""

    platform: Platform

    async def answer(self) -> tuple[int, Mapping[str, Mapping[str, str]]]:
        async with httpx2.AsyncClient(base_url=self.platform.origin) as http:
            told = await http.get("/readyz")
        return told.status_code, told.json()["troubles"]

    async def answers(self, status: int, troubles: Mapping[str, Mapping[str, str]]) -> None:
        """Until it says just this."""

        async def is_so() -> bool:
            return await self.answer() == (status, troubles)

        await eventually(is_so, timeout_s=READY_WITHIN_S)


def silent(_progress: Progress) -> None:
    """Nobody watches."""


@asynccontextmanager
async def held_up(dsn: str, service: str) -> AsyncIterator[None]:
    """This service can read its directory meanwhile, and write nothing into it."""
    admin = await asyncpg.connect(dsn)
    try:
        async with admin.transaction():
            await admin.execute(f"LOCK TABLE {service}.directory IN EXCLUSIVE MODE")
            yield
    finally:
        await admin.close()


async def make_tables_and_topics(platform: Platform) -> None:
    """All that a start makes but the district; topics are small, for the run's one broker."""
    parts = composed.parts_of(platform)
    for part in parts:
        ground = part.ground
        await migrate(ground.database_url, schema=ground.name, role=ground.role, components=part.root.COMPONENTS)
    topics = {topic for part in parts for topic in part.root.PUBLISHES}
    await ensure_topics(parts[0].ground.broker, [replace(topic, partitions=2) for topic in topics])


@pytest.mark.long
async def test_services_are_unready_for_want_of_a_district_and_ready_when_each_knows_all_of_it(
    fresh_postgres_dsn: str, kafka_bootstrap: str, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its pages come up all the same, after a while that would show no more.
    monkeypatch.setattr(composed, "READY_WITHIN_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        platform = Platform(
            database_url=fresh_postgres_dsn,
            kafka_bootstrap=kafka_bootstrap,
            port=port,
            data_dir=tmp_path,
            topic_prefix=topic_prefix,
        )
        await make_tables_and_topics(platform)
        async with served(composed.asgi_app(platform), listening):
            front = Front(platform)
            await front.answers(503, {name: {"directory": NO_DISTRICT} for name in composed.SERVICES})

            async with held_up(fresh_postgres_dsn, "reporting"):
                await composed.prepare(platform, silent)
                lacking = {"directory": NO_DISTRICT, "district": composed.DISTRICT_NOT_WHOLE}
                await front.answers(503, {"reporting": lacking})

            await front.answers(200, {})
