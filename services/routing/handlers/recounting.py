"""Which open cases' deadlines calendars and rotas of now would count otherwise: looked at, then changed if asked."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.routing.domain.case.commands import RecomputeDeadlines
from services.routing.domain.case.recounting import Recounted
from services.routing.domain.recounting import recounted
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.reading import ALL_EVENTS
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import SQL
from shared.kernel.event_store import Cause, load_many
from shared.kernel.work import Work, transact

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDeadlines:
    """A case, by the number that people call it, and its clocks that would end at another moment."""

    case_id: UUID
    number: str
    clocks: tuple[Recounted, ...]


async def recounted_cases(service: Routing) -> AsyncIterator[tuple[int, list[OtherDeadlines]]]:
    """Page by page: how many open cases were looked at, and those of them that would differ."""
    runtime = service.runtime
    units = (await service.rulebooks.current()).units
    rows = await runtime.pool.fetch(SQL["cases_with_clocks"])
    for begins in range(0, len(rows), PAGE):
        page = {stream_of(row["id"]): (row["id"], row["number"]) for row in rows[begins : begins + PAGE]}
        async with runtime.pool.acquire() as connection:
            loaded = await load_many(connection, list(page), ALL_EVENTS, runtime.store.decode)
        now = runtime.ground.clock.now()
        found = {case: recounted(loaded[stream].state, units, now=now) for stream, case in page.items()}
        yield (
            len(page),
            [
                OtherDeadlines(case_id=id_, number=number, clocks=tuple(each))
                for (id_, number), each in found.items()
                if each
            ],
        )


async def recompute_deadlines(service: Routing, case_id: UUID) -> int:
    """Count one case's running clocks anew, and say how many ended otherwise; none, if asked again.

    Raises:
        RaceLostError: others were faster ten times in a row.
    """
    rulebook, runtime = await service.rulebooks.current(), service.runtime
    stream = stream_of(case_id)

    async def act(work: Work) -> int:
        loaded = await work.load(stream, CASE)
        told = await load_many(work.connection, [stream], ALL_EVENTS, runtime.store.decode)
        clocks = tuple(recounted(told[stream].state, rulebook.units, now=work.now))
        command = RecomputeDeadlines(edition=rulebook.edition, clocks=clocks, now=work.now)
        await carry_out(work, loaded, command, Cause(uuid4(), "routing", f"district edition {rulebook.edition}"))
        return len(clocks)

    return await transact(runtime.store, runtime.ground.clock.now, act)
