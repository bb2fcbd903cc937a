"""What a ticket's whole life costs: CPU time by part, bytes in PostgreSQL by what they are for, in Kafka by topic.

Each part is a process of its own. A life is a report with a phone, the case that comes of it, accept, resolve, verify,
close, a search for it, and the messages of all that. CPU time is the kernel's own count, so that a busy machine changes
little of it. What the parts use while nothing happens is measured before, told beside, and not taken off.
"""

import asyncio
import io
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from time import process_time

from PIL import Image

from bench.apart import CHAIN, DESK, INTAKE_WEB, Fleet, apart
from bench.counts import SQL, counted_in_figures
from bench.desk_work import Plan, live
from bench.ground import PLACE, Stores, stores
from bench.lifecycle import CLIENTS, DOER, VERIFIER, signed_in
from bench.results import Result, result
from bench.scale import Scale
from bench.spent import cpu_seconds, spent
from shared.kernel.database import Connection
from shared.privacy.photos import redrawn

WARM_UP_SHARE = 2
IDLE_S = 20.0
QUIET_FOR_S, QUIET_WITHIN_S = 1.0, 240.0
# What a phone's camera gives, as large as the report page's script makes it before it is sent.
PHOTO_PIXELS = (2560, 1920)
PHOTOS = 8
OF_A_CORE = 1000.0


class NeverQuietError(Exception):
    """Messages were still on their way after four minutes."""


async def measure(scale: Scale) -> list[Result]:
    """The benchmark `cost_per_ticket`."""
    async with _lived_in() as (ground, fleet, connection, plan):
        warm = await _live(connection, replace(plan, lives=scale.costed_lives // WARM_UP_SHARE, run="warm"), 0)
        idle = await _idle_ms(fleet, connection)
        before, kept = await cpu_seconds(fleet, connection), await _kept(ground, connection)
        await _live(connection, replace(plan, lives=scale.costed_lives, run="costed"), warm)
        after, kept_after = await cpu_seconds(fleet, connection), await _kept(ground, connection)
    used = {name: seconds / scale.costed_lives * 1000 for name, seconds in spent(before, after).items()}
    added = {name: (kept_after[name] - kept.get(name, 0)) / scale.costed_lives for name in kept_after}
    return [
        *_cpu_results(used, idle),
        *_byte_results(added),
        *await asyncio.to_thread(_photo_results),
    ]


@asynccontextmanager
async def _lived_in() -> AsyncIterator[tuple[Stores, Fleet, Connection, Plan]]:
    """One process of each part, and two members of staff who are signed in."""
    async with stores() as ground:
        await ground.yima("migrate", "--json")
        api_key = await ground.partner_key()
        connection = await ground.connect()
        async with apart(ground, (*CHAIN, DESK), processes=1) as fleet:
            [port], [desk_port] = fleet.ports(INTAKE_WEB), fleet.ports(DESK)
            plan = Plan(
                port=port,
                desk_port=desk_port,
                place=PLACE,
                run="",
                lives=0,
                clients=CLIENTS,
                api_key=api_key,
                doer=await signed_in(connection, DOER),
                verifier=await signed_in(connection, VERIFIER),
            )
            yield ground, fleet, connection, plan
        await connection.close()


async def _live(connection: Connection, plan: Plan, lived_before: int) -> int:
    """Have them lived until nothing is left to do; how many there were so far."""
    lived = lived_before + (await live(plan)).lives
    await counted_in_figures(connection, lived)
    await _quiet(connection)
    return lived


async def _quiet(connection: Connection) -> None:
    """Until no event, message or timer that is due waits, for a whole second.

    Raises:
        NeverQuietError: it never was so.
    """
    quiet_since = began = asyncio.get_running_loop().time()
    while (now := asyncio.get_running_loop().time()) - quiet_since < QUIET_FOR_S:
        if now - began > QUIET_WITHIN_S:
            raise NeverQuietError
        if await connection.fetchval(SQL["waits_anywhere"]):
            quiet_since = now
        await asyncio.sleep(QUIET_FOR_S / 10)


async def _idle_ms(fleet: Fleet, connection: Connection) -> Mapping[str, float]:
    """Thousandths of a core that each part uses while nothing happens."""
    before = await cpu_seconds(fleet, connection)
    await asyncio.sleep(IDLE_S)
    after = await cpu_seconds(fleet, connection)
    return {name: seconds / IDLE_S * OF_A_CORE for name, seconds in spent(before, after).items()}


async def _kept(ground: Stores, connection: Connection) -> Mapping[str, int]:
    """Bytes by what they are for."""
    rows = await connection.fetch(SQL["bytes_by_group"])
    kept: dict[str, int] = defaultdict(int, {f"PostgreSQL {row['owner']} {row['kind']}": row["bytes"] for row in rows})
    kept["PostgreSQL write-ahead log"] = await connection.fetchval(SQL["log_written"])
    for file in await asyncio.to_thread(lambda: list(ground.kafka.data.rglob("yima.*/*.log"))):
        kept[f"Kafka {file.parent.name.rpartition('-')[0]}"] += file.stat().st_size
    return kept


def _cpu_results(used: Mapping[str, float], idle: Mapping[str, float]) -> list[Result]:
    total = result(
        "cost_cpu",
        value=sum(used.values()),
        unit="ms of CPU a ticket's life",
        reference=("idle, thousandths of a core", sum(idle.values())),
    )
    parts = [
        result(
            f"cost_cpu {name}",
            value=ms,
            unit="ms",
            reference=("idle, thousandths of a core", idle.get(name, 0.0)),
            ratio=ms / sum(used.values()),
        )
        for name, ms in used.items()
        if round(ms, 2) > 0
    ]
    return [total, *parts]


def _byte_results(added: Mapping[str, float]) -> list[Result]:
    kept = sorted(added.items(), key=lambda each: -each[1])
    return [
        result(f"cost_bytes {name}", value=grown, unit="bytes a ticket's life", reference=("", None))
        for name, grown in kept
        if grown >= 1
    ]


def _photo_results() -> list[Result]:
    """What a photo costs: to draw anew, and where it is kept."""
    sent = _photo()
    began = process_time()
    stored = [len(redrawn(sent)) for _ in range(PHOTOS)]
    cpu_ms = (process_time() - began) / PHOTOS * 1000
    print(f"  a photo of {len(sent):,} bytes as sent", file=sys.stderr)
    return [
        result("cost_cpu a photo", value=cpu_ms, unit="ms to draw it anew", reference=("", None)),
        result(
            "cost_bytes a photo", value=stored[0], unit="bytes kept", reference=("as it was sent, bytes", len(sent))
        ),
    ]


def _photo() -> bytes:
    """A made-up picture with as much detail at each size as photos of the street have."""
    picture, size = Image.new("L", PHOTO_PIXELS, 128), 8
    while size <= PHOTO_PIXELS[0]:
        noise = Image.effect_noise((size, size * 3 // 4), 80).resize(PHOTO_PIXELS, Image.Resampling.BICUBIC)
        picture = Image.blend(picture, noise, 8 / size if size > 8 else 0.5)
        size *= 2
    written = io.BytesIO()
    picture.convert("RGB").save(written, "JPEG", quality=85)
    return written.getvalue()
