"""A reporter is forgotten: their key, what their phone was found by, their photos.

What happened stays, dated, and so do the figures; what they wrote can no longer be read by anybody, in no log and no
topic, since all of it is sealed under the key that is gone. Done again, it finishes what was interrupted.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from services.intake.domain.errors import UnknownTicketError
from services.intake.domain.ticket import EraseReporter, decide
from services.intake.handlers.ground import FOLD, Intake
from services.intake.queries import SQL, ticket_by_number
from shared.kernel.event_store import Cause
from shared.kernel.work import Work, transact

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Erasure:
    """What can no longer be read."""

    tickets: int
    photos: int


async def erase_reporter(intake: Intake, number: str) -> Erasure:
    """Forget who reported this ticket, in all their tickets.

    Raises:
        UnknownTicketError: no ticket has this number.
    """
    row = await ticket_by_number(intake.runtime.pool, number)
    loaded = await intake.store.load(row.stream, FOLD) if row else None
    if loaded is None or loaded.state is None:
        raise UnknownTicketError
    person = loaded.state.reporter

    async def act(work: Work) -> list[UUID]:
        await intake.keyring.erase(work.connection, person)
        await work.connection.execute(SQL["forget_phones_of"], person)
        work.publish_states([person])
        rows = await work.connection.fetch(SQL["tickets_of_reporter"], person)
        for each in rows:
            ticket = await work.load(each["stream"], FOLD)
            events = decide(ticket.state, EraseReporter(at=work.now))
            work.append(ticket, events, fold=FOLD, cause=Cause(uuid4(), "operator", str(each["id"])))
        return [each["id"] for each in rows]

    tickets = await transact(intake.store, intake.now, act)
    # The rows say which they were, so that a repetition finds what an interrupted one left.
    photos = [row["photo"] for row in await intake.runtime.pool.fetch(SQL["photos_of_reporter"], person)]
    await intake.photos.drop(photos)
    log.info("reporter_erased", tickets=len(tickets), photos=len(photos))
    return Erasure(tickets=len(tickets), photos=len(photos))
