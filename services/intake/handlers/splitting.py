"""拆分, 回头看: staff found a second trouble in a ticket, or its own back; it becomes a ticket of the same reporter."""

from uuid import UUID

import structlog

from services.intake.domain.ticket import OpenTicket, SplitTicket, Ticket, decide
from services.intake.handlers.ground import FOLD, Intake, token_hash
from services.intake.handlers.reporters import Reporter
from services.intake.queries import SQL, ticket_stream
from shared.contracts.envelope import Attachment
from shared.contracts.intake import Channel, IntakeEvent, Link, TicketImported, TicketOpened
from shared.contracts.routing import CaseSplit, FollowUpRecurred
from shared.kernel.event_store import Cause, Fold
from shared.kernel.work import Work
from shared.privacy import Forgotten

log = structlog.get_logger()

Begun = TicketOpened | TicketImported
Asked = CaseSplit | FollowUpRecurred


def _begun(known: Begun | None, event: IntakeEvent) -> Begun | None:
    return event if isinstance(event, TicketOpened | TicketImported) else known


BEGUN: Fold[Begun | None] = Fold(None, _begun)


async def split_ticket(intake: Intake, work: Work, asked: Asked, *, cause: Cause) -> None:
    """Open the second ticket, and let the first one know of it; of whom was forgotten nothing is opened."""
    begun = (await intake.store.load(ticket_stream(asked.case_id), BEGUN)).state
    first = await work.load(ticket_stream(asked.case_id), FOLD)
    second = await work.load(ticket_stream(asked.other), FOLD)
    if begun is None or first.state is None or second.state is not None:
        return
    key = await intake.keyring.key_of(work.connection, begun.reporter)
    if isinstance(key, Forgotten):
        log.info("split_of_who_was_forgotten", ticket_id=str(asked.case_id))
        return
    token = intake.tracking_token(asked.other)
    command = _command(asked, begun, first.state, Reporter(key), number=await intake.numbers.next(), token=token)
    work.append(second, decide(None, command), fold=FOLD, cause=cause)
    other = SplitTicket(at=asked.at, other=asked.other, other_number=command.number, link=command.link)
    work.append(first, decide(first.state, other), fold=FOLD, cause=cause)
    await _add_row(work, command, token)


def _command(asked: Asked, begun: Begun, first: Ticket, reporter: Reporter, *, number: str, token: str) -> OpenTicket:
    return OpenTicket(
        at=asked.at,
        id=asked.other,
        number=number,
        place=begun.place,
        channel=_channel(begun),
        category=asked.matter.category if isinstance(asked, FollowUpRecurred) else asked.category,
        text=asked.words,
        reporter=begun.reporter,
        contact=begun.contact,
        tracking_token=reporter.seal(token),
        # What is to be seen on those of a report may be either trouble; of what is back there are new ones.
        attachments=asked.evidence if isinstance(asked, FollowUpRecurred) else _attachments(begun),
        locale=begun.locale if isinstance(begun, TicketOpened) else "zh",
        partner=first.partner,
        split_from=first.id,
        split_from_number=first.number,
        link=Link.CAME_BACK if isinstance(asked, FollowUpRecurred) else Link.SECOND_TROUBLE,
    )


def _channel(begun: Begun) -> Channel:
    # What another system began is taken down by staff here, and lives from now on.
    return begun.channel if isinstance(begun, TicketOpened) else Channel.PHONE_DESK


def _attachments(begun: Begun) -> tuple[Attachment, ...]:
    return begun.attachments if isinstance(begun, TicketOpened) else ()


async def _add_row(work: Work, ticket: OpenTicket, token: str) -> None:
    row: tuple[UUID, str, bytes, str] = (ticket.id, ticket.number, token_hash(token), ticket.place)
    await work.connection.execute(SQL["add_split_row"], *row, ticket.at, ticket.partner)
