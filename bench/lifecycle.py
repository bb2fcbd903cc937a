"""Whole lives of cases by HTTP: opened, assigned, accepted, resolved, verified, closed and found again.

Measured on a platform whose database is empty, then on the same one after a million cases of the past were loaded into
routing by SQL: the rows of `cases` as `inbox_query` has them, 20,000 of them open, with the log's events of each, six
of a closed one, so that every index that an act reads or writes is as deep as after a million lives; and a ticket with
its event in intake. Answers to old commands, and what notify and reporting keep, are not loaded. The loaded cases lie
in other areas than the ones that are lived: the search goes through them, and finds none.
"""

import hashlib
import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.desk_work import Lived, Plan, live
from bench.ground import PLACE, Server, platform, stores
from bench.results import Result, result
from bench.scale import Scale
from shared.kernel.clock import SystemClock
from shared.kernel.database import Connection

CLIENTS = 16
# The broker compiles its code and PostgreSQL learns the tables while the first few hundred are lived.
WARM_UP_LIVES = 800
OPEN_SHARE = 50
FILLED_WITHIN_S = 900.0
DOER, VERIFIER = "committee-member-1", "committee-lead-1"
FILLS = ("cases.sql", "lives.sql")
FILLED: Mapping[str, tuple[str, ...]] = {
    "routing": ("cases", "told", "parts", "questions", "events"),
    "intake": ("tickets", "events"),
}
OPEN_SESSION = "INSERT INTO routing.sessions (token_hash, person, expires_at, by_provider) VALUES ($1, $2, $3, true)"


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `lifecycle`."""
    async with stores() as ground:
        async with platform(ground) as server:
            api_key = await ground.partner_key()
            connection = await ground.connect()
            plan = Plan(
                port=server.port,
                place=PLACE,
                run="warm",
                lives=WARM_UP_LIVES,
                clients=CLIENTS,
                api_key=api_key,
                doer=await signed_in(connection, DOER),
                verifier=await signed_in(connection, VERIFIER),
            )
            empty = await _lived(server, connection, plan, "empty", scale.lives)
        await fill(connection, scale.listed_cases)
        async with platform(ground) as server:
            full = await _lived(server, connection, plan, "full", scale.lives)
        await connection.close()
    return _results(empty, full, scale.listed_cases)


def _results(empty: Lived, full: Lived, cases: int) -> list[Result]:
    growth = empty.per_second / full.per_second
    return [
        result(
            "lifecycle",
            value=full.per_second,
            unit=f"lives/s at {cases:,} cases",
            reference=("in an empty database", empty.per_second),
            latencies=full.latencies,
        ),
        result(
            "lifecycle_growth_1m_over_empty",
            value=growth,
            unit="times as long a life",
            reference=("aim at most", 1.25),
        ),
    ]


async def _lived(server: Server, connection: Connection, plan: Plan, run: str, lives: int) -> Lived:
    here = replace(plan, port=server.port)
    await live(replace(here, run=f"{run}-warm"))
    # Of tables that are just filling PostgreSQL plans by what they were: both runs begin with what is so.
    await connection.execute("VACUUM ANALYZE", timeout=FILLED_WITHIN_S)
    lived = await live(replace(here, run=run, lives=lives))
    print(f"  {run}: {lived.per_second:.1f} lives/s, mean ms a step: {dict(lived.parts_ms)}", file=sys.stderr)
    return lived


async def signed_in(connection: Connection, person: str) -> str:
    """The token of a session of theirs, as signing in gives it."""
    token = secrets.token_urlsafe(32)
    expires_at = SystemClock().now() + timedelta(hours=2)
    await connection.execute(OPEN_SESSION, hashlib.sha256(token.encode()).digest(), person, expires_at)
    return token


async def fill(connection: Connection, cases: int) -> None:
    """So many cases of the past, a fiftieth of them open, the same each time."""
    for name in FILLS:
        text = (Path(__file__).parent / name).read_text(encoding="utf-8")
        text = text.replace("{cases}", str(cases)).replace("{open}", str(cases // OPEN_SHARE))
        await connection.execute("SET search_path TO routing")
        await connection.execute(text.replace("{now}", SystemClock().now().isoformat()), timeout=FILLED_WITHIN_S)
    for schema, tables in FILLED.items():
        for table in tables:
            await connection.execute(f"VACUUM ANALYZE {schema}.{table}", timeout=FILLED_WITHIN_S)
    await connection.execute("CHECKPOINT", timeout=FILLED_WITHIN_S)
