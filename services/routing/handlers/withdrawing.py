"""撤回: the reporter wants nothing more; whatever case theirs followed hears of it in the same transaction."""

import structlog

from services.routing.domain.case.commands import Leave, Withdraw
from services.routing.domain.errors import RoutingError
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.service import CASE
from shared.contracts.intake import TicketWithdrawn
from shared.kernel.event_store import Cause
from shared.kernel.work import Work

log = structlog.get_logger()


async def withdraw_case(work: Work, withdrawn: TicketWithdrawn, *, cause: Cause) -> None:
    """End the case, or let it go on for others; one that was closed meanwhile stays so."""
    loaded = await work.load(stream_of(withdrawn.ticket_id), CASE)
    case = loaded.state
    try:
        await carry_out(work, loaded, Withdraw(words=withdrawn.words, now=withdrawn.at), cause)
    except RoutingError as refusal:
        log.info("withdrawal_changes_nothing", case_id=str(withdrawn.ticket_id), refusal=type(refusal).__name__)
        return
    if case is not None and case.master is not None:
        master = await work.load(stream_of(case.master), CASE)
        await carry_out(work, master, Leave(duplicate=case, now=withdrawn.at), cause)
