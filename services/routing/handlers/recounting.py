"""Which open cases' deadlines the calendars of now would count otherwise: looked at, and nothing is changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.routing.domain.recounting import Recounted, recounted
from services.routing.handlers.cases import stream_of
from services.routing.handlers.reading import ALL_EVENTS
from services.routing.handlers.service import Routing
from services.routing.queries import SQL
from shared.kernel.event_store import load_many

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDeadlines:
    """A case, by the number that people call it, and its clocks that would end at another moment."""

    number: str
    clocks: tuple[Recounted, ...]


async def recounted_cases(service: Routing) -> AsyncIterator[tuple[int, list[OtherDeadlines]]]:
    """Page by page: how many open cases were looked at, and those of them that would differ."""
    runtime = service.runtime
    units = (await service.rulebooks.current()).units
    rows = await runtime.pool.fetch(SQL["cases_with_clocks"])
    for begins in range(0, len(rows), PAGE):
        page = {stream_of(row["id"]): row["number"] for row in rows[begins : begins + PAGE]}
        async with runtime.pool.acquire() as connection:
            loaded = await load_many(connection, list(page), ALL_EVENTS, runtime.store.decode)
        now = runtime.ground.clock.now()
        found = {number: recounted(loaded[stream].state, units, now=now) for stream, number in page.items()}
        yield len(page), [OtherDeadlines(number=number, clocks=tuple(each)) for number, each in found.items() if each]
