"""A case as one member of staff may read it: its events, its state, what its reporter said and asked afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain.case import Case
from services.routing.domain.errors import CaseUnknownError
from services.routing.handlers.accounts import Member
from services.routing.handlers.cases import stream_of
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import Answer, erased_at, rating_of
from shared.contracts.envelope import Sealed
from shared.contracts.routing import RoutingEvent
from shared.kernel.event_store import Fold
from shared.privacy import Forgotten

Told = tuple[RoutingEvent, ...]
ALL_EVENTS: Fold[Told] = Fold((), lambda events, event: (*events, event))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRead:
    """All that is known of a case."""

    case: Case
    events: Told
    version: int
    answer: Answer | None
    erased_at: datetime | None


def known_id(written: str) -> UUID:
    """A case's id from an address; what is none names no case.

    Raises:
        CaseUnknownError: it is no id.
    """
    try:
        return UUID(written)
    except ValueError:
        raise CaseUnknownError from None


async def read_case(service: Routing, member: Member, case_id: UUID) -> CaseRead:
    """The case, if this member may see it.

    Raises:
        CaseUnknownError: there is none, or none that they may see: a guessed id tells nothing.
    """
    loaded = await service.runtime.store.load(stream_of(case_id), ALL_EVENTS)
    case: Case | None = None
    for event in loaded.state:
        case = CASE.evolve(case, event)
    if case is None or not member.sight.sees(case):
        raise CaseUnknownError
    pool = service.runtime.pool
    return CaseRead(
        case=case,
        events=loaded.state,
        version=loaded.version,
        answer=await rating_of(pool, case_id),
        erased_at=await erased_at(pool, case_id),
    )


async def opened(service: Routing, values: Iterable[Sealed]) -> dict[str, str | None]:
    """The texts by their boxes, by one query; none for what was forgotten."""
    wanted = list(values)
    async with service.runtime.pool.acquire() as connection:
        texts = await service.keyring.opened_many(connection, wanted) if wanted else []
    return {box.box: None if isinstance(text, Forgotten) else text for box, text in zip(wanted, texts, strict=True)}
