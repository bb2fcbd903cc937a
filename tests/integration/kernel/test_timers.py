"""Timers: a due one fires once, whoever dies; one whose reason has gone does nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import pytest_asyncio
from asyncpg import DataError
from prometheus_client import REGISTRY

from shared.kernel.ages import Ages
from shared.kernel.clock import SetClock
from shared.kernel.database import Connection
from shared.kernel.event_store import Fold
from shared.kernel.kafka import Broker
from shared.kernel.migrations import KERNEL
from shared.kernel.runtime import Ground, Runtime, open_runtime
from shared.kernel.work import Timer, Work, transact
from shared.testing.databases import NewDatabase
from shared.testing.ledger import Said, cause, decode
from shared.testing.waiting import eventually

NOON = datetime(2026, 4, 28, 4, 0, tzinfo=UTC)
SUM: Fold[int] = Fold(0, lambda total, event: total + event.said)
WAITS_FOR_LOCK = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@dataclass(slots=True)
class Alarm:
    """What firing does: one event to the subject's stream, unless its generation is stale or it is told to fail."""

    current: dict[str, int] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)

    async def fire(self, work: Work, timer: Timer) -> None:
        self.tried.append(timer.subject)
        if timer.subject in self.fails:
            raise self.fails[timer.subject]
        loaded = await work.load(f"said-{timer.subject}", SUM)
        if timer.generation == self.current.get(timer.subject, 1):
            work.append(loaded, [Said(1)], fold=SUM, cause=cause())


@dataclass(frozen=True, slots=True)
class Tower:
    """A service that keeps time, and a way to open it once more."""

    dsn: str
    clock: SetClock
    alarm: Alarm

    async def open(self) -> Runtime:
        runtime = await open_runtime(Ground("tower", self.dsn, Broker("nowhere"), self.clock), decode)
        runtime.keep_time({"wake": self.alarm.fire})
        return runtime


@pytest_asyncio.fixture(loop_scope="session")
async def tower(new_database: NewDatabase) -> Tower:
    dsn = await new_database(tower=[KERNEL])
    return Tower(dsn, SetClock(NOON), Alarm())


@pytest_asyncio.fixture(loop_scope="session")
async def service(tower: Tower) -> AsyncIterator[Runtime]:
    runtime = await tower.open()
    yield runtime
    await runtime.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def admin(tower: Tower) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(tower.dsn)
    yield connection
    await connection.close()


async def schedule(service: Runtime, *timers: Timer) -> None:
    async def act(work: Work) -> None:
        work.schedule(timers)

    await transact(service.store, service.ground.clock.now, act)


def wake(subject: str, *, generation: int = 1, after_minutes: int = 10) -> Timer:
    return Timer("wake", subject, generation, NOON + timedelta(minutes=after_minutes))


async def fired(service: Runtime) -> dict[str, int]:
    rows = await service.pool.fetch("SELECT stream, count(*) AS events FROM events GROUP BY stream")
    return {row["stream"].removeprefix("said-"): row["events"] for row in rows}


async def pending(service: Runtime) -> int:
    count: int = await service.pool.fetchval("SELECT count(*) FROM timers")
    return count


async def nothing_pending(service: Runtime) -> bool:
    return await pending(service) == 0


async def fire_due(service: Runtime) -> int:
    assert service.timers is not None
    return await service.timers.fire_due()


async def test_timer_fires_when_it_is_due_and_not_before(tower: Tower, service: Runtime) -> None:
    await schedule(service, wake("gate"))

    tower.clock.advance(timedelta(minutes=9))
    assert await fire_due(service) == 0
    tower.clock.advance(timedelta(minutes=1))
    assert await fire_due(service) == 1

    assert await fired(service) == {"gate": 1}
    assert await pending(service) == 0


async def test_lateness_is_told_of_the_timer_that_is_due_longest_and_goes_with_it(
    tower: Tower, service: Runtime
) -> None:
    ages = Ages(service.ground.name, service.pool, service.ground.clock)

    async def lateness() -> float | None:
        await ages.measure()
        return REGISTRY.get_sample_value("yima_timers_oldest_late_seconds", {"service": service.ground.name})

    await schedule(service, wake("gate"), wake("lift", after_minutes=11))
    before = await lateness()
    tower.clock.advance(timedelta(minutes=12))
    late = await lateness()
    await fire_due(service)

    assert (before, late, await lateness()) == (0, 120, 0)


async def test_timer_that_never_failed_is_counted_from_nought(service: Runtime) -> None:
    assert service.timers is not None

    assert REGISTRY.get_sample_value("yima_timers_failed_total", {"service": "tower", "kind": "wake"}) is not None


async def test_running_service_notices_that_the_clock_was_moved(tower: Tower, service: Runtime) -> None:
    await schedule(service, wake("gate"))
    service.loops.start()

    tower.clock.advance(timedelta(minutes=10))

    await eventually(lambda: nothing_pending(service))
    assert await fired(service) == {"gate": 1}


async def test_timer_that_is_set_twice_stands_once(tower: Tower, service: Runtime) -> None:
    await schedule(service, wake("gate"))
    await schedule(service, wake("gate", after_minutes=99))

    tower.clock.advance(timedelta(minutes=10))

    assert await fire_due(service) == 1


async def test_timers_that_are_due_together_fire_in_one_transaction(tower: Tower, service: Runtime) -> None:
    await schedule(service, *(wake(subject) for subject in ("gate", "lane", "shed")))

    tower.clock.advance(timedelta(minutes=10))
    assert await fire_due(service) == 3

    assert await fired(service) == {"gate": 1, "lane": 1, "shed": 1}
    assert await service.pool.fetchval("SELECT count(DISTINCT xmin::text) FROM events") == 1
    assert await pending(service) == 0


async def test_two_processes_fire_each_timer_once(tower: Tower, service: Runtime) -> None:
    subjects = [f"place{number}" for number in range(60)]
    second = await tower.open()
    await schedule(service, *(wake(subject) for subject in subjects))
    tower.clock.advance(timedelta(minutes=10))

    service.loops.start()
    second.loops.start()

    await eventually(lambda: nothing_pending(service))
    await second.stop()
    assert await fired(service) == dict.fromkeys(subjects, 1)


async def test_timer_whose_holder_dies_is_fired_by_another(tower: Tower, service: Runtime, admin: Connection) -> None:
    second = await tower.open()
    await schedule(service, wake("gate"))
    tower.clock.advance(timedelta(minutes=10))
    async with admin.transaction():
        await admin.execute("LOCK TABLE tower.events IN ACCESS EXCLUSIVE MODE")
        holding = asyncio.create_task(fire_due(service))
        await eventually(lambda: somebody_waits(admin))
        [holder] = await admin.fetch(WAITS_FOR_LOCK)
        assert await fire_due(second) == 0
        await admin.execute("SELECT pg_terminate_backend($1)", holder["pid"])

    with pytest.raises(asyncpg.PostgresError):
        await holding
    assert await fire_due(second) == 1
    await second.stop()
    assert await fired(service) == {"gate": 1}


async def somebody_waits(admin: Connection) -> bool:
    return bool(await admin.fetch(WAITS_FOR_LOCK))


async def test_stale_generation_does_nothing_and_is_gone(tower: Tower, service: Runtime) -> None:
    tower.alarm.current["gate"] = 2
    await schedule(service, wake("gate", generation=1), wake("gate", generation=2, after_minutes=20))

    tower.clock.advance(timedelta(minutes=10))
    assert await fire_due(service) == 1
    assert await fired(service) == {}
    tower.clock.advance(timedelta(minutes=10))
    assert await fire_due(service) == 1

    assert await fired(service) == {"gate": 1}
    assert await pending(service) == 0


@pytest.mark.parametrize(
    "error", [ValueError("wrong"), TimeoutError(), OSError("no such file"), DataError("invalid input")]
)
async def test_failing_handler_is_put_off_visibly_and_holds_up_no_other(
    tower: Tower, service: Runtime, error: Exception
) -> None:
    tower.alarm.fails["sick"] = error
    await schedule(service, wake("sick", after_minutes=1), *(wake(f"well{number}") for number in range(150)))
    tower.clock.advance(timedelta(minutes=10))

    while await fire_due(service):
        continue

    assert await fired(service) == {f"well{number}": 1 for number in range(150)}
    row = await service.pool.fetchrow("SELECT attempts, error, due_at FROM timers")
    assert row is not None
    assert (row["attempts"], row["due_at"]) == (1, NOON + timedelta(minutes=10, seconds=1))
    assert row["error"].startswith(f"{type(error).__name__} at shared/kernel/timers.py:")
    assert " (test_timers.py:" in row["error"]


async def test_timer_that_was_put_off_fires_after_the_mend_and_counts_as_failing_until_then(
    tower: Tower, service: Runtime
) -> None:
    ages = Ages(service.ground.name, service.pool, service.ground.clock)

    async def failing() -> float | None:
        await ages.measure()
        return REGISTRY.get_sample_value("yima_failing_timers", {"service": service.ground.name})

    tower.alarm.fails["sick"] = ValueError("wrong")
    await schedule(service, wake("sick"), wake("later", after_minutes=99))
    before = await failing()
    tower.clock.advance(timedelta(minutes=10))
    await fire_due(service)
    assert (before, await failing()) == (0, 1)

    tower.alarm.fails.clear()
    tower.clock.advance(timedelta(seconds=1))
    await fire_due(service)

    assert await fired(service) == {"sick": 1}


async def test_timer_that_has_failed_for_days_is_tried_each_hour_and_stops_no_other(
    tower: Tower, service: Runtime
) -> None:
    tower.alarm.fails["sick"] = ValueError("wrong")
    await schedule(service, wake("sick"), wake("well", after_minutes=11))
    await service.pool.execute("UPDATE timers SET attempts = 60 WHERE subject = 'sick'")
    tower.clock.advance(timedelta(minutes=11))

    await fire_due(service)

    assert await fired(service) == {"well": 1}
    assert await service.pool.fetchval("SELECT due_at FROM timers") == NOON + timedelta(minutes=71)


async def test_timer_of_an_unknown_kind_is_put_off(service: Runtime) -> None:
    await schedule(service, Timer("unheard", "gate", 1, NOON))

    await fire_due(service)

    error = await service.pool.fetchval("SELECT error FROM timers")
    assert error.startswith("KeyError at shared/kernel/timers.py:")


async def test_what_a_loop_of_a_service_logs_carries_its_name(service: Runtime) -> None:
    assert service.loops.service == service.ground.name == "tower"
