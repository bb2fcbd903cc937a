"""Several cases at once: the same act on each, each for itself; what one refuses keeps none of the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from uuid import UUID

from services.routing.domain.case import Case
from services.routing.domain.errors import RoutingError
from services.routing.domain.permissions import TABLE, Action
from services.routing.handlers.accounts import Member
from services.routing.handlers.acts import ACTS, Given
from services.routing.handlers.cases import stream_of
from services.routing.handlers.performing import Asked
from services.routing.handlers.reading import ALL_EVENTS
from services.routing.handlers.service import CASE, Routing
from shared.contracts.directory import Role
from shared.contracts.envelope import Sealed
from shared.contracts.routing import CaseOpened
from shared.kernel.event_store import IdempotencyConflictError, load_many
from shared.kernel.work import RaceLostError

# More than anybody looks through at once; and one after the other they must be done before the browser gives up.
CASES_MAX = 100
IN_BULK = (Action.REMIND, Action.TRANSFER)
Refusal = RoutingError | IdempotencyConflictError | RaceLostError


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A case, and the version of it that was looked at."""

    case_id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCase:
    """A case as it stands, with the box of what its reporter wrote."""

    case: Case
    version: int
    text: Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case, as it was asked for: it was done, or refused for this."""

    asked: Asked
    refusal: Refusal | None = None

    @property
    def case_id(self) -> UUID:
        """Which case it was."""
        return self.asked.case_id


def acts_in_bulk(role: Role) -> tuple[Action, ...]:
    """What a role does with several cases at once: those who watch over others' do."""
    rights = TABLE[role]
    return tuple(action for action in IN_BULK if action in rights) if Action.REMIND in rights else ()


async def read_chosen(service: Routing, member: Member, ids: Iterable[UUID]) -> Mapping[UUID, ChosenCase]:
    """Those of these cases that the member sees, in their order, by one query."""
    streams = {stream_of(case_id): case_id for case_id in ids}
    async with service.runtime.pool.acquire() as connection:
        loaded = await load_many(connection, list(streams), ALL_EVENTS, service.runtime.store.decode)
    found: dict[UUID, ChosenCase] = {}
    for stream, case_id in streams.items():
        events = loaded[stream].state
        case = reduce(CASE.evolve, events, None)
        if case is not None and member.sight.sees(case):
            text = next(event.text for event in events if isinstance(event, CaseOpened))
            found[case_id] = ChosenCase(case=case, version=loaded[stream].version, text=text)
    return found


async def act_on_each(
    service: Routing, member: Member, action: Action, chosen: Sequence[Chosen], *, key: str, given: Given
) -> list[Outcome]:
    """Each in a transaction of its own, once for the request's key and the case: sent again, it does what is left."""
    outcomes = []
    for each in chosen:
        asked = Asked(member=member, case_id=each.case_id, key=f"{key}:{each.case_id}", version=each.version)
        outcomes.append(Outcome(asked=asked, refusal=await _refusal(service, action, asked, given)))
    return outcomes


async def _refusal(service: Routing, action: Action, asked: Asked, given: Given) -> Refusal | None:
    try:
        await ACTS[action](service, asked, given)
    except (RoutingError, IdempotencyConflictError, RaceLostError) as refused:
        return refused
    return None
