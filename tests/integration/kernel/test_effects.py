"""Effects: the attempt is committed before the outside world is touched, and what is not known stays so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import pytest
import pytest_asyncio

from shared.kernel.clock import SetClock
from shared.kernel.database import Pool
from shared.kernel.effects import Effects
from shared.kernel.kafka import Broker
from shared.kernel.migrations import KERNEL
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Work
from shared.testing.databases import NewDatabase
from shared.testing.ledger import decode
from shared.testing.waiting import eventually

LETTERS = """
CREATE TABLE post.letters (id int PRIMARY KEY, state text NOT NULL DEFAULT 'queued', holder int);
GRANT ALL ON post.letters TO yima_post;
"""
CLAIM = """
UPDATE letters SET state = 'attempted', holder = pg_backend_pid() WHERE id IN (
    SELECT id FROM letters WHERE state = 'queued' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


@dataclass(slots=True)
class PostOffice:
    """An outside world that remembers each letter it was given, and what stood in the table when it was."""

    pool: Pool
    given: list[tuple[int, str]] = field(default_factory=list)
    fails: dict[int, Exception] = field(default_factory=dict)
    hangs: set[int] = field(default_factory=set)
    holders_live: bool = True

    async def claim(self, work: Work, limit: int) -> Sequence[int]:
        return [row["id"] for row in await work.connection.fetch(CLAIM, limit)]

    async def perform(self, attempt: int) -> str:
        state = await self.pool.fetchval("SELECT state FROM letters WHERE id = $1", attempt)
        self.given.append((attempt, state))
        if attempt in self.hangs:
            await asyncio.Event().wait()
        if attempt in self.fails:
            raise self.fails[attempt]
        return "accepted"

    async def unknown(self, attempt: int, cause: str) -> str:
        assert any(given == attempt for given, _state in self.given)
        return f"unknown, {cause}"

    async def settle(self, work: Work, outcomes: Sequence[tuple[int, str]]) -> None:
        await work.connection.executemany("UPDATE letters SET state = $2 WHERE id = $1", outcomes)

    async def abandon(self, work: Work) -> int:
        if self.holders_live:
            return 0
        rows = await work.connection.fetch(
            "UPDATE letters SET state = 'unknown, holder died' WHERE state = 'attempted' RETURNING id"
        )
        return len(rows)


@pytest_asyncio.fixture(loop_scope="session")
async def service(new_database: NewDatabase) -> AsyncIterator[Runtime]:
    dsn = await new_database(post=[KERNEL])
    admin = await asyncpg.connect(dsn)
    await admin.execute(LETTERS)
    await admin.close()
    clock = SetClock(datetime(2026, 4, 28, 4, tzinfo=UTC))
    runtime = await open_runtime(Ground("post", dsn, Broker("nowhere"), clock), decode)
    yield runtime
    await runtime.stop()


@pytest.fixture
def office(service: Runtime) -> PostOffice:
    return PostOffice(service.pool)


def effects(service: Runtime, office: PostOffice, *, timeout_s: float = 20) -> Effects[int, str]:
    return Effects("post", service.store, service.ground.clock, office, timeout_s=timeout_s)


async def post(service: Runtime, count: int) -> None:
    await service.pool.execute("INSERT INTO letters (id) SELECT generate_series(1, $1::int)", count)


async def states(service: Runtime) -> list[str]:
    return [row["state"] for row in await service.pool.fetch("SELECT state FROM letters ORDER BY id")]


async def test_attempt_is_committed_before_the_world_is_touched(service: Runtime, office: PostOffice) -> None:
    await post(service, 2)

    assert await effects(service, office).perform_due() == 2

    assert sorted(office.given) == [(1, "attempted"), (2, "attempted")]
    assert await states(service) == ["accepted", "accepted"]


async def test_failure_of_one_leaves_it_unknown_and_the_others_settled(service: Runtime, office: PostOffice) -> None:
    await post(service, 3)
    office.fails[2] = ConnectionResetError("a text that may be personal")

    await effects(service, office).perform_due()

    assert await states(service) == ["accepted", "unknown, ConnectionResetError", "accepted"]


async def test_world_that_does_not_answer_in_time_leaves_it_unknown(service: Runtime, office: PostOffice) -> None:
    await post(service, 1)
    office.hangs.add(1)

    await effects(service, office, timeout_s=0.05).perform_due()

    assert await states(service) == ["unknown, TimeoutError"]


async def test_slow_answer_holds_up_no_outcome_that_is_known(service: Runtime, office: PostOffice) -> None:
    await post(service, 3)
    office.hangs.add(2)
    loop = asyncio.create_task(effects(service, office).run())

    async def others_are_settled() -> bool:
        return await states(service) == ["accepted", "attempted", "accepted"]

    await eventually(others_are_settled)
    loop.cancel()


async def test_crash_between_attempt_and_outcome_is_unknown_and_never_repeated(
    service: Runtime, office: PostOffice
) -> None:
    await post(service, 1)
    office.hangs.add(1)
    first = asyncio.create_task(effects(service, office).run())

    async def touched() -> bool:
        return office.given == [(1, "attempted")]

    await eventually(touched)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    office.hangs.clear()
    office.holders_live = False
    second = asyncio.create_task(effects(service, office).run())

    async def abandoned() -> bool:
        return await states(service) == ["unknown, holder died"]

    await eventually(abandoned)
    second.cancel()
    assert office.given == [(1, "attempted")]


async def test_two_processes_touch_the_world_once_for_each(service: Runtime, office: PostOffice) -> None:
    await post(service, 40)
    loops = [asyncio.create_task(effects(service, office).run()) for _ in range(2)]

    async def all_settled() -> bool:
        return set(await states(service)) == {"accepted"}

    await eventually(all_settled)
    for loop in loops:
        loop.cancel()
    assert sorted(office.given) == [(number, "attempted") for number in range(1, 41)]
