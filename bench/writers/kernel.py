"""Our kernel's append: new streams, one event each, with its outbox row."""

import asyncio
import gc
from collections.abc import Mapping
from time import perf_counter
from typing import Any
from uuid import uuid4

import uvloop

from bench.machine import now
from bench.writers import timing
from shared.contracts.codec import decode
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Channel, TicketOpened
from shared.kernel.database import open_pool
from shared.kernel.event_store import Cause, EventStore, NewEvents

BOX = "AAECAwQF" * 40


async def write(dsn: str, seconds: float, writers: int) -> Mapping[str, Any]:
    """Append until the time is over."""
    pool = await open_pool(dsn, schema="bench", role="yima_bench", size_min=writers, size_max=writers)
    store, durations = EventStore(pool, decode), list[float]()
    before: int = await pool.fetchval("SELECT count(*) FROM events")
    began = perf_counter()
    await asyncio.gather(*(_write(store, began + seconds, durations) for _ in range(writers)))
    took = perf_counter() - began
    in_log = await pool.fetchval("SELECT count(*) FROM events") - before
    await pool.execute("DELETE FROM outbox")
    await pool.close()
    return {"durations": durations, "seconds": took, "in_log": in_log}


async def _write(store: EventStore, ends: float, durations: list[float]) -> None:
    began = perf_counter()
    while began < ends:
        await store.append(_new_ticket())
        ended = perf_counter()
        durations.append(ended - began)
        began = ended


def _new_ticket() -> NewEvents:
    ticket_id = uuid4()
    person = str(ticket_id)
    opened = TicketOpened(
        at=now(),
        ticket_id=ticket_id,
        number="482913057",
        place="XMHYAPX7",
        channel=Channel.PARTNER,
        category="public-order",
        text=Sealed(person=person, key_version=1, box=BOX),
        reporter=person,
        tracking_token=Sealed(person=person, key_version=1, box=BOX[:96]),
    )
    return NewEvents(f"ticket-{ticket_id}", 0, [opened], Cause(uuid4(), "bench", person))


def main() -> None:
    """Do as told, and tell."""
    asked = timing.told()
    gc.freeze()
    timing.tell(**uvloop.run(write(asked["dsn"], asked["seconds"], asked["writers"])))


if __name__ == "__main__":
    main()
