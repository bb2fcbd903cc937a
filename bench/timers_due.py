"""Ten thousand deadlines due in the same second, until each has been missed and told to the ladder.

One case is opened through the whole platform; its events, its row and the timer of its accept clock are then copied as
often as wanted, with one deadline, and routing runs alone, its relay with it. A timer's lag is from that deadline until
what it brought about was committed, by PostgreSQL's own time. The floor is the commit of a single row.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter

from bench.counts import cases_opened, deadlines_missed
from bench.front_door import tickets
from bench.ground import Stores, platform, routing_alone, stores
from bench.results import Latencies, Result, result
from bench.scale import Scale
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection

AHEAD_S = 20.0
COMMITS = 200
# In the order in which one needs the other; $1 is the case that is copied, $2 how often, $3 the deadline.
COPY_EVENTS = """INSERT INTO routing.events
    (stream, version, event_id, type, schema_version, data, metadata, occurred_at)
SELECT 'case-' || copy.id, version, gen_random_uuid(), type, schema_version,
    CASE WHEN type = 'yima.routing.CaseAssigned' THEN jsonb_set(copied.data, '{deadlines}',
        jsonb_build_object('accept_by', $3::text)) ELSE copied.data END, metadata, occurred_at
FROM routing.events
CROSS JOIN (SELECT md5('copy' || n)::uuid AS id FROM generate_series(1, $2::int) AS n) AS copy
CROSS JOIN LATERAL (SELECT replace(data::text, $1::text, copy.id::text)::jsonb AS data) AS copied
WHERE stream = 'case-' || $1::text
ORDER BY copy.id, version"""
COPY_CASES = """INSERT INTO routing.cases (id, version, number, status, unit, place, area, category, urgent, again,
    history, opened_at, accept_by, text)
SELECT md5('copy' || n)::uuid, version, lpad(n::text, 9, '0'), status, unit, place, area, category, urgent, again,
    history, opened_at, $3::timestamptz, text
FROM routing.cases CROSS JOIN generate_series(1, $2::int) AS n WHERE id = $1::uuid"""
COPY_TIMERS = """INSERT INTO routing.timers (kind, subject, generation, due_at)
SELECT kind, md5('copy' || n)::uuid::text, generation, $3::timestamptz
FROM routing.timers CROSS JOIN generate_series(1, $2::int) AS n WHERE subject = $1::text AND kind = 'accept'"""
LAGS = """SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - $1::timestamptz)::float8 AS lag
FROM routing.events WHERE type = 'yima.routing.DeadlineMissed'"""


class NotEveryTimerFiredError(Exception):
    """A deadline was missed unseen, twice, or before its time: the measurement is void."""


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `timers_due`."""
    async with stores() as ground:
        connection = await ground.connect()
        case = await _opened(ground, connection)
        async with routing_alone(ground):
            floor = await _floor(connection)
            deadline = await _copied(connection, case, scale.due_timers)
            lags = await _lags(connection, deadline, scale.due_timers)
        await connection.close()
    found = Latencies.of(lags)
    return [
        result(
            "timers_due",
            value=found.p99_ms / 1000,
            unit=f"s (p99 of the lag of {len(lags):,})",
            reference=("commit of a row, p50 ms", floor),
            ratio=None,
            latencies=found,
        )
    ]


async def _opened(ground: Stores, connection: Connection) -> str:
    async with platform(ground) as server:
        await tickets(server, await ground.partner_key()).take(reports=1)
        await cases_opened(connection, 1)
    return str(await connection.fetchval("SELECT id FROM routing.cases"))


async def _copied(connection: Connection, case: str, times: int) -> datetime:
    deadline = SystemClock().now() + timedelta(seconds=AHEAD_S)
    async with connection.transaction():
        await connection.execute(COPY_EVENTS, case, times, deadline.isoformat().replace("+00:00", "Z"))
        await connection.execute(COPY_CASES, case, times, deadline)
        await connection.execute(COPY_TIMERS, case, times, deadline)
    for table in ("events", "cases", "timers"):
        await connection.execute(f"VACUUM ANALYZE routing.{table}")
    if SystemClock().now() > deadline:
        raise NotEveryTimerFiredError
    return deadline


async def _lags(connection: Connection, deadline: datetime, times: int) -> Sequence[float]:
    await deadlines_missed(connection, times)
    lags = [row["lag"] for row in await connection.fetch(LAGS, deadline)]
    if len(lags) != times or min(lags) < 0:
        raise NotEveryTimerFiredError
    return lags


async def _floor(connection: Connection) -> float:
    await connection.execute("CREATE TABLE commits (n int)")
    seconds = []
    for number in range(COMMITS):
        began = perf_counter()
        await connection.execute("INSERT INTO commits VALUES ($1)", number)
        seconds.append(perf_counter() - began)
    return median(seconds) * 1000
