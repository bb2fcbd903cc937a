"""并案: one case follows another from here on; both hear of it in one transaction."""

import json
from uuid import UUID, uuid4

from services.routing.domain.case import Case
from services.routing.domain.case.commands import Join, Merge
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.domain.errors.merging import MergeTargetError
from services.routing.domain.rulebook import Rulebook
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.performing import Asked, may_be_acted_on
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import SQL
from shared.kernel.event_store import Cause, Loaded
from shared.kernel.work import Work, transact_once


async def merge(service: Routing, asked: Asked, *, into: str) -> None:
    """并案: the case follows the one of the number `into`.

    Raises:
        MergeTargetError: who asks sees no such case, or it is none that this one can be merged into.
        RoutingError: who asks may not do this, or the case is not where it could be done.
    """
    number = "".join(digit for digit in into if digit.isalnum() or digit == "-")
    actor = asked.member.actor
    body = json.dumps([str(asked.case_id), number])
    request = service.request(caller=f"staff:{actor.person}", operation="merge", key=asked.key, body=body)
    rulebook = await service.rulebooks.current()
    master_id = await _case_of(service, number)

    async def act(work: Work) -> str:
        loaded = await work.load(stream_of(asked.case_id), CASE)
        case = may_be_acted_on(loaded.state, asked, loaded.version, "merge")
        known, master = await _master(work, asked, master_id, rulebook, case)
        cause = Cause(uuid4(), actor.role.value, str(asked.case_id))
        sight = asked.member.sight
        await carry_out(work, loaded, Merge(by=sight.actor_on(case), master=master, now=work.now), cause)
        await carry_out(work, known, Join(by=sight.actor_on(master), duplicate=case, now=work.now), cause)
        return "{}"

    async with service.turns.on_all(stream_of(asked.case_id), stream_of(master_id)):
        await transact_once(service.runtime.store, service.runtime.ground.clock.now, request, act)


async def _case_of(service: Routing, number: str) -> UUID:
    # A number is its case's for good, so that it can be asked before it is anybody's turn.
    case_id: UUID | None = await service.runtime.pool.fetchval(SQL["case_of_number"], number)
    if case_id is None:
        raise MergeTargetError
    return case_id


async def _master(
    work: Work, asked: Asked, master_id: UUID, rulebook: Rulebook, case: Case
) -> tuple[Loaded[Case | None], Case]:
    """The other case, of the same district; one that the member may not see does not exist for them."""
    loaded = await work.load(stream_of(master_id), CASE)
    try:
        # Which version of it they have seen is not asked: they named it by its number.
        master = may_be_acted_on(loaded.state, Asked(member=asked.member, case_id=master_id, key=asked.key), 0, "merge")
    except CaseUnknownError:
        raise MergeTargetError from None
    district, *_ = rulebook.place(master.matter.place).path
    if district not in rulebook.place(case.matter.place).path:
        raise MergeTargetError
    return loaded, master
