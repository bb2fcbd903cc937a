"""From the commit of a case's change to each of 200 open inboxes, by server-sent events.

Reports come in on a fixed schedule; each becomes a case within the sight of the one dispatcher whose pages all are, and
so is told to every page. PostgreSQL says when the case was committed, the reader of a page when it was told. The floor
is a request that does nothing, under the same server, on the same machine.
"""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from bench.ground import PLACE, Server, Stores, noop, platform, stores
from bench.load import Plan, Requests
from bench.noop import PATH as NOOP_PATH
from bench.results import Latencies, Result, result
from bench.scale import Scale
from bench.wire import Wire
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection

PAGES = 200
DISPATCHER = "grid-dispatcher-1"
REPORTS_PER_SECOND = 2
SETTLED_S = 3.0
OPEN_SESSION = (
    """INSERT INTO routing.sessions (token_hash, person, expires_at, by_provider) VALUES ($1, $2, $3, true)"""
)
COMMITTED = """SELECT replace(stream, 'case-', '') AS case_id, version,
    extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at
FROM routing.events WHERE stream LIKE 'case-%'"""

Told = tuple[str, int, float]


class NotEveryPageToldError(Exception):
    """A page was not told of every case: the measurement is void."""


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `inbox_live`."""
    async with stores() as ground, platform(ground) as server, noop(ground) as nothing:
        connection = await ground.connect()
        pages = await _open_pages(server, connection)
        reports = await _report(ground, server, round(scale.open_loop_seconds * REPORTS_PER_SECOND))
        await asyncio.sleep(SETTLED_S)
        told = await _closed(pages)
        committed = {(row["case_id"], row["version"]): row["at"] for row in await connection.fetch(COMMITTED)}
        floor = await _floor(nothing, reports)
        await connection.close()
    _check(told, reports)
    latencies = Latencies.of([at - committed[case, version] for page in told for case, version, at in page])
    reference = ("no-op POST, p50", floor)
    return [result("inbox_live", value=latencies.p95_ms, unit="ms (p95)", reference=reference, latencies=latencies)]


async def _open_pages(server: Server, connection: Connection) -> list[asyncio.Task[list[Told]]]:
    token = secrets.token_urlsafe(32)
    expires_at = SystemClock().now() + timedelta(hours=1)
    await connection.execute(OPEN_SESSION, hashlib.sha256(token.encode()).digest(), DISPATCHER, expires_at)
    opened = [asyncio.Event() for _ in range(PAGES)]
    pages = [asyncio.create_task(_listen(server.port, token, each)) for each in opened]
    await asyncio.gather(*(each.wait() for each in opened))
    return pages


async def _listen(port: int, token: str, opened: asyncio.Event) -> list[Told]:
    """What a page is told, and when, until it is closed."""
    told: list[Told] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /desk/live HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: yima_desk={token}\r\n\r\n".encode())
    with suppress(asyncio.CancelledError):
        while line := await reader.readline():
            if line.startswith(b"retry"):
                opened.set()
            elif line.startswith(b"data: "):
                event = json.loads(line[6:])
                told.append((event["case"], event["version"], time.time()))
    writer.close()
    return told


async def _closed(pages: Sequence[asyncio.Task[list[Told]]]) -> list[list[Told]]:
    for page in pages:
        page.cancel()
    return await asyncio.gather(*pages)


async def _report(ground: Stores, server: Server, count: int) -> int:
    plan = Plan(port=server.port, path="/api/v1/tickets", place=PLACE, run="live", api_key=await ground.partner_key())
    requests, wire = Requests(plan), await Wire.connect(server.port)
    began = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / REPORTS_PER_SECOND - time.perf_counter()))
        await wire.ask(requests.of(number))
    wire.close()
    return count


def _check(told: Sequence[Sequence[Told]], reports: int) -> None:
    if any(len({case for case, _, _ in page}) != reports for page in told):
        raise NotEveryPageToldError


async def _floor(nothing: Server, times: int) -> float:
    requests = Requests(Plan(port=nothing.port, path=NOOP_PATH, place=PLACE, run="floor"))
    wire, seconds = await Wire.connect(nothing.port), []
    for number in range(times):
        began = time.perf_counter()
        await wire.ask(requests.of(number))
        seconds.append(time.perf_counter() - began)
    wire.close()
    return Latencies.of(seconds).p50_ms
