"""A projection rebuilt beside the live one: equal, resumable, complete, and never missed by a reader."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import asyncpg
import pytest
import pytest_asyncio

from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection, connect
from shared.kernel.migrations import KERNEL
from shared.kernel.projections import Projection
from shared.kernel.rebuild import (
    Differences,
    DifferencesFoundError,
    FilledByOtherCodeError,
    NothingToGoBackToError,
    Rebuild,
    RebuildProgress,
    RebuildRunningError,
    Rebuilt,
    UnreadableRowError,
    go_back,
    may_count_anew,
    rebuild,
)
from shared.testing.databases import NewDatabase
from shared.testing.waiting import eventually

TABLES = """
CREATE SCHEMA counted AUTHORIZATION {role};
CREATE TABLE counted.streams (stream text PRIMARY KEY, events bigint NOT NULL);
ALTER TABLE counted.streams OWNER TO {role};
"""
COUNT = """
INSERT INTO counted.streams AS known (stream, events)
SELECT stream, count(*) FROM received
WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
GROUP BY stream ORDER BY stream
ON CONFLICT (stream) DO UPDATE SET events = known.events + excluded.events
"""
COUNTED = Projection(
    name="counted",
    schema="counted",
    tables=(TABLES,),
    finishing=("CREATE INDEX streams_events ON counted.streams (events)",),
    statements=(COUNT,),
)
# The same, but each event counts twice.
COUNTED_OTHERWISE = replace(COUNTED, statements=(COUNT.replace("count(*)", "2 * count(*)"),))
GATHERED = """
CREATE SCHEMA counted AUTHORIZATION {role};
CREATE TABLE counted.said (stream text NOT NULL);
CREATE TABLE counted.streams (stream text PRIMARY KEY, events bigint NOT NULL);
"""
GATHER = """
INSERT INTO counted.said SELECT stream FROM received
WHERE position BETWEEN $1 AND $2 AND ($3::bigint[] IS NULL OR position = ANY ($3))
"""
# The same counted in steps from what was gathered first.
COUNTED_AT_LAST = Projection(
    name="counted",
    schema="counted",
    tables=(GATHERED,),
    statements=(GATHER, COUNT),
    gathering=(GATHER,),
    finishing=(
        "INSERT INTO counted.streams SELECT stream, count(*) FROM counted.said WHERE stream < 'b' GROUP BY stream",
        "INSERT INTO counted.streams SELECT stream, count(*) FROM counted.said WHERE stream >= 'b' GROUP BY stream",
    ),
)
RECEIVE = """
INSERT INTO received (publisher, stream, version, event_id, type, schema_version, occurred_at, data)
SELECT '/alpha', $1, version, gen_random_uuid(), 'said', 1, now(), '{}' FROM generate_series(1, $2::int) AS version
RETURNING position
"""


class StoppedError(Exception):
    """Somebody pulled the plug."""


@dataclass(slots=True)
class Service:
    """A service's own tables, and connections to them."""

    dsn: str
    connections: list[Connection]

    async def connect(self) -> Connection:
        connection = await connect(self.dsn, schema="gamma", role="yima_gamma")
        self.connections.append(connection)
        return connection

    async def receive(self, connection: Connection, stream: str, events: int) -> None:
        """As a consumer does: kept and projected in one transaction."""
        async with connection.transaction():
            rows = await connection.fetch(RECEIVE, stream, events)
            await COUNTED.take_in(connection, [row["position"] for row in rows])

    async def counted(self, connection: Connection) -> dict[str, int]:
        return {row["stream"]: row["events"] for row in await connection.fetch("SELECT * FROM counted.streams")}


@pytest_asyncio.fixture(loop_scope="session")
async def service(new_database: NewDatabase) -> AsyncIterator[Service]:
    dsn = await new_database(gamma=[KERNEL])
    administrator = await asyncpg.connect(dsn)
    database = await administrator.fetchval("SELECT current_database()")
    await administrator.execute(f"GRANT CREATE ON DATABASE {database} TO yima_gamma")
    await administrator.close()
    service = Service(dsn, [])
    connection = await service.connect()
    for text in (*COUNTED.tables, *COUNTED.finishing):
        await connection.execute(text.replace("{role}", "yima_gamma"))
    yield service
    for each in service.connections:
        await each.close()


def ignore(_progress: RebuildProgress) -> None:
    """Nobody watches."""


async def rebuilt(
    connection: Connection, projection: Projection = COUNTED, on_differences: Differences = Differences.REFUSE
) -> Rebuilt:
    return await rebuild(connection, projection, clock=SystemClock(), report=ignore, on_differences=on_differences)


async def table_oid(connection: Connection) -> int:
    return int(await connection.fetchval("SELECT 'counted.streams'::regclass::oid::bigint"))


async def schemas(connection: Connection) -> set[str]:
    rows = await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'counted%'")
    return {row["nspname"] for row in rows}


async def test_an_equal_rebuild_takes_the_place_of_the_live_tables(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 3)
    await service.receive(connection, "b", 2)
    before = await table_oid(connection)

    result = await rebuilt(connection)

    assert (result.positions, result.resumed_at, result.differences) == (5, None, ())
    assert await service.counted(connection) == {"a": 3, "b": 2}
    assert await table_oid(connection) != before
    assert await schemas(connection) == {"counted", "counted_old"}
    assert await connection.fetchval("SELECT count(*) FROM pg_indexes WHERE schemaname = 'counted'") == 2


async def test_nothing_received_is_rebuilt_to_nothing(service: Service) -> None:
    result = await rebuilt(service.connections[0])

    assert (result.positions, result.differences) == (0, ())
    assert await service.counted(service.connections[0]) == {}


async def test_an_interrupted_rebuild_goes_on_where_it_was(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 25)
    told: list[RebuildProgress] = []

    def pull_the_plug(progress: RebuildProgress) -> None:
        told.append(progress)
        raise StoppedError

    with pytest.raises(StoppedError):
        await Rebuild(connection, COUNTED, SystemClock(), pull_the_plug, chunk=10).run(Differences.REFUSE)
    result = await Rebuild(connection, COUNTED, SystemClock(), ignore, chunk=10).run(Differences.REFUSE)

    assert [(each.done, each.total) for each in told] == [(10, 25)]
    assert result.resumed_at == 11
    assert await service.counted(connection) == {"a": 25}


async def test_what_is_worked_out_at_last_goes_on_at_the_step_where_it_was(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 25)
    await service.receive(connection, "b", 4)
    told: list[RebuildProgress] = []

    def pull_the_plug(progress: RebuildProgress) -> None:
        told.append(progress)
        if progress.step:
            raise StoppedError

    with pytest.raises(StoppedError):
        await Rebuild(connection, COUNTED_AT_LAST, SystemClock(), pull_the_plug, chunk=20).run(Differences.ACCEPT)
    await service.receive(connection, "c", 2)
    result = await Rebuild(connection, COUNTED_AT_LAST, SystemClock(), told.append).run(Differences.ACCEPT)

    assert [(each.done, each.step) for each in told] == [(20, 0), (29, 0), (29, 1), (29, 2), (31, 0)]
    assert result.resumed_at == 30
    assert await service.counted(connection) == {"a": 25, "b": 4, "c": 2}


async def test_other_code_does_not_go_on_with_what_was_half_built(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 25)

    def pull_the_plug(_progress: RebuildProgress) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        await Rebuild(connection, COUNTED_OTHERWISE, SystemClock(), pull_the_plug, chunk=10).run(Differences.REFUSE)
    result = await rebuilt(connection)

    assert result.resumed_at is None
    assert await service.counted(connection) == {"a": 25}


async def test_changed_code_lists_the_differences_and_changes_nothing(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 3)

    with pytest.raises(DifferencesFoundError) as refused:
        await rebuilt(connection, COUNTED_OTHERWISE)

    (difference,) = refused.value.differences
    assert (difference.table, difference.rows_only_live, difference.rows_only_new) == ("streams", 1, 1)
    assert difference.samples_live == ('{"events": 3, "stream": "a"}',)
    assert difference.samples_new == ('{"events": 6, "stream": "a"}',)
    assert await service.counted(connection) == {"a": 3}


async def test_accepted_differences_are_put_in_place(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 3)

    with pytest.raises(DifferencesFoundError):
        await rebuilt(connection, COUNTED_OTHERWISE)
    result = await rebuilt(connection, COUNTED_OTHERWISE, Differences.ACCEPT)

    assert result.resumed_at == 4
    assert len(result.differences) == 1
    assert await service.counted(connection) == {"a": 6}


async def test_a_column_that_is_new_is_a_difference(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 3)
    wider = TABLES.replace("events bigint NOT NULL", "events bigint NOT NULL, note text")

    with pytest.raises(DifferencesFoundError) as refused:
        await rebuilt(connection, replace(COUNTED, tables=(wider,)))

    (difference,) = refused.value.differences
    assert (difference.columns_only_live, difference.columns_only_new) == ((), ("note",))
    assert (difference.rows_only_live, difference.rows_only_new) == (0, 0)


async def test_what_was_written_wrong_into_the_live_tables_is_found(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 3)
    await connection.execute("UPDATE counted.streams SET events = 4")

    with pytest.raises(DifferencesFoundError):
        await rebuilt(connection)
    await rebuilt(connection, on_differences=Differences.ACCEPT)

    assert await service.counted(connection) == {"a": 3}


async def test_rows_that_arrive_during_the_rebuild_are_in(service: Service) -> None:
    rebuilder, consumer = service.connections[0], await service.connect()
    await service.receive(rebuilder, "before", 30)
    ended = asyncio.Event()

    async def consume() -> int:
        """One row after the other, by the statements that this connection prepared before the swap."""
        received = 0
        while not ended.is_set():
            await service.receive(consumer, "meanwhile", 1)
            received += 1
        await service.receive(consumer, "after", 2)
        return received

    consuming = asyncio.create_task(consume())
    for _ in range(3):
        await Rebuild(rebuilder, COUNTED, SystemClock(), ignore, chunk=7).run(Differences.REFUSE)
    ended.set()
    received = await consuming

    assert await service.counted(rebuilder) == {"before": 30, "meanwhile": received, "after": 2}
    assert received > 0


async def test_a_writer_that_was_first_and_commits_last_is_waited_for(service: Service) -> None:
    rebuilder, slow, quick = service.connections[0], await service.connect(), await service.connect()
    writing = slow.transaction()
    await writing.start()
    rows = await slow.fetch(RECEIVE, "slow", 1)
    await COUNTED.take_in(slow, [row["position"] for row in rows])
    await service.receive(quick, "quick", 1)

    running = asyncio.create_task(rebuilt(rebuilder))

    async def waits() -> bool:
        return bool(await quick.fetchval("SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND NOT granted"))

    await eventually(waits)
    await writing.commit()
    result = await running

    assert result.positions == 2
    assert await service.counted(quick) == {"slow": 1, "quick": 1}


async def test_readers_see_the_old_tables_until_they_see_the_new(service: Service) -> None:
    rebuilder, reader = service.connections[0], await service.connect()
    await service.receive(rebuilder, "a", 50)
    ended = asyncio.Event()

    async def read() -> list[dict[str, int]]:
        seen = [await service.counted(reader)]
        while not ended.is_set():
            seen.append(await service.counted(reader))
        return seen

    reading = asyncio.create_task(read())
    for _ in range(5):
        await rebuilt(rebuilder)
    ended.set()

    assert all(seen == {"a": 50} for seen in await reading)


async def test_one_rebuild_at_a_time(service: Service) -> None:
    first, second = service.connections[0], await service.connect()
    await service.receive(first, "a", 5)
    refusals: list[type[Exception]] = []

    async with Rebuild(first, COUNTED, SystemClock(), ignore)._claimed():
        with pytest.raises(RebuildRunningError) as refused:
            await rebuilt(second)
        refusals.append(type(refused.value))
    await rebuilt(second)

    assert refusals == [RebuildRunningError]


async def test_a_rebuild_waits_for_who_counts_anew_and_nobody_begins_to_while_it_runs(service: Service) -> None:
    first, second = service.connections[0], await service.connect()
    await service.receive(first, "a", 5)

    async def rebuild_waits() -> bool:
        # Other tests wait in databases of their own.
        here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        waits = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {here}"  # noqa: S608
        return bool(await first.fetchval(waits))

    async with first.transaction():
        assert await may_count_anew(first, COUNTED.name)
        waiting = asyncio.create_task(rebuilt(second))
        await eventually(rebuild_waits)
    await waiting

    async with Rebuild(second, COUNTED, SystemClock(), ignore)._claimed(), first.transaction():
        assert not await may_count_anew(first, COUNTED.name)
    async with first.transaction():
        assert await may_count_anew(first, COUNTED.name)


async def test_progress_says_how_long_the_rest_will_take(service: Service) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 25)
    told: list[RebuildProgress] = []

    await Rebuild(connection, COUNTED, SystemClock(), told.append, chunk=10).run(Differences.REFUSE)

    assert [(each.done, each.total) for each in told] == [(10, 25), (20, 25), (25, 25)]
    assert [each.remaining_s is not None and each.remaining_s >= 0 for each in told] == [True, True, True]
    assert told[-1].remaining_s == 0


async def test_a_rebuild_that_proved_wrong_is_taken_back_and_misses_nothing(service: Service) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)
    await rebuilt(connection, COUNTED_OTHERWISE, Differences.ACCEPT)
    wrong = await service.counted(connection)
    async with connection.transaction():
        rows = await connection.fetch(RECEIVE, "b", 2)
        await COUNTED_OTHERWISE.take_in(connection, [row["position"] for row in rows])

    missed = await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)

    await service.receive(connection, "c", 1)
    assert (wrong, missed) == ({"a": 6}, 2)
    assert await service.counted(connection) == {"a": 3, "b": 2, "c": 1}


async def test_who_went_back_can_go_forward_again(service: Service) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)
    await rebuilt(connection)
    await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)
    await service.receive(connection, "a", 1)

    missed = await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)

    assert (missed, await service.counted(connection)) == (1, {"a": 4})


async def test_nobody_goes_back_to_what_is_not_there(service: Service) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)

    with pytest.raises(NothingToGoBackToError):
        await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)


async def test_only_the_code_that_filled_the_tables_of_before_goes_back_to_them(service: Service) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)
    await rebuilt(connection)
    await rebuilt(connection, COUNTED_OTHERWISE, Differences.ACCEPT)
    thrice = replace(COUNTED, statements=(COUNT.replace("count(*)", "3 * count(*)"),))

    for other in (COUNTED_OTHERWISE, thrice):
        with pytest.raises(FilledByOtherCodeError):
            await go_back(connection, other, clock=SystemClock(), report=ignore)
    refused = await service.counted(connection)
    await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)

    assert (refused, await service.counted(connection)) == ({"a": 6}, {"a": 3})
    with pytest.raises(FilledByOtherCodeError):
        await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)
    await go_back(connection, COUNTED_OTHERWISE, clock=SystemClock(), report=ignore)
    assert await service.counted(connection) == {"a": 6}


async def test_the_code_that_found_tables_of_before_any_rebuild_wrong_does_not_go_back_to_them(
    service: Service,
) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)
    await rebuilt(connection, COUNTED_OTHERWISE, Differences.ACCEPT)

    with pytest.raises(FilledByOtherCodeError):
        await go_back(connection, COUNTED_OTHERWISE, clock=SystemClock(), report=ignore)

    assert await service.counted(connection) == {"a": 6}


async def test_who_goes_back_catches_up_in_chunks_and_goes_on_where_it_was_interrupted(service: Service) -> None:
    connection, writer = await service.connect(), await service.connect()
    await rebuilt(connection)
    await service.receive(connection, "a", 25)
    told: list[RebuildProgress] = []

    def pull_the_plug(progress: RebuildProgress) -> None:
        told.append(progress)
        raise StoppedError

    with pytest.raises(StoppedError):
        await Rebuild(connection, COUNTED, SystemClock(), pull_the_plug, chunk=10).go_back()
    # Nobody is held up by what was not ended.
    await service.receive(writer, "b", 1)
    missed = await Rebuild(connection, COUNTED, SystemClock(), told.append, chunk=10).go_back()

    assert [(each.done, each.total) for each in told] == [(10, 25), (10, 16), (16, 16)]
    assert (missed, await service.counted(connection)) == (16, {"a": 25, "b": 1})


async def test_the_tables_of_before_stay_until_the_next_rebuild_has_succeeded(service: Service) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)
    await rebuilt(connection)
    await connection.execute("UPDATE counted.streams SET events = 4")

    with pytest.raises(DifferencesFoundError):
        await rebuilt(connection)
    missed = await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)

    assert (missed, await service.counted(connection)) == (0, {"a": 3})


async def test_a_row_that_can_not_be_read_is_named_and_the_rebuild_goes_on_from_it_once_it_is_mended(
    service: Service,
) -> None:
    connection = service.connections[0]
    await service.receive(connection, "a", 13)
    await service.receive(connection, "broken", 1)
    await service.receive(connection, "b", 16)
    await connection.execute("UPDATE received SET data = '\"many\"' WHERE stream = 'broken'")
    reads = replace(COUNTED, statements=(COUNT.replace("count(*)", "count(coalesce((data #>> '{}')::json, '1'))"),))
    before = await table_oid(connection)

    for _ in range(2):
        with pytest.raises(UnreadableRowError) as refused:
            await Rebuild(connection, reads, SystemClock(), ignore, chunk=10).run(Differences.REFUSE)
        assert (refused.value.position, refused.value.stream) == (14, "broken")
    untouched = (await table_oid(connection), await service.counted(connection))
    await connection.execute("UPDATE received SET data = '{}' WHERE stream = 'broken'")
    result = await Rebuild(connection, reads, SystemClock(), ignore, chunk=10).run(Differences.REFUSE)

    assert untouched == (before, {"a": 13, "broken": 1, "b": 16})
    assert (result.positions, result.resumed_at, result.differences) == (30, 14, ())


async def test_nobody_goes_back_to_tables_from_before_a_migration_though_they_missed_nothing(service: Service) -> None:
    connection = await service.connect()
    await service.receive(connection, "a", 3)
    await rebuilt(connection)
    await connection.execute("ALTER TABLE counted.streams ADD COLUMN seen bigint")

    with pytest.raises(NothingToGoBackToError):
        await go_back(connection, COUNTED, clock=SystemClock(), report=ignore)

    assert await connection.fetchval("SELECT count(seen) FROM counted.streams") == 0
