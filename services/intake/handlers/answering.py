"""The reporter comes back: sees how far it is, withdraws it, rates it, or says that it is not fixed."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from services.intake.domain.errors import UnknownTicketError
from services.intake.domain.progress import Progress, Step, StepTaken, until_withdrawn
from services.intake.domain.text import WORDS_CHARACTERS_MAX, clean_text, is_absent
from services.intake.domain.ticket import Command, DisputeFix, Rate, Ticket, WithdrawTicket, decide
from services.intake.handlers.access import Partner
from services.intake.handlers.ground import FOLD, Intake, token_hash
from services.intake.handlers.reporters import Reporter
from services.intake.queries import TicketRow, steps_of_ticket, ticket_by_id, ticket_by_token
from shared.contracts.envelope import Sealed
from shared.contracts.intake import Rating
from shared.kernel.event_store import Cause, Loaded, Request
from shared.kernel.work import Work, transact_once
from shared.privacy import Forgotten

log = structlog.get_logger()

Decided = Callable[[Ticket, Progress, Sealed | None], Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSeen:
    """A ticket as one who may see it sees it."""

    row: TicketRow
    ticket: Ticket
    progress: Progress


async def ticket_seen_by_link(intake: Intake, token: str) -> TicketSeen:
    """The ticket that a tracking link opens.

    Raises:
        UnknownTicketError: it opens none.
    """
    row = await ticket_by_token(intake.runtime.pool, token_hash(token))
    return await _seen(intake, row)


async def ticket_seen_by_partner(intake: Intake, ticket_id: UUID, partner: Partner) -> TicketSeen:
    """A ticket that this partner system has reported itself.

    Raises:
        UnknownTicketError: there is none, or it is another's; the difference is nobody's business.
    """
    row = await ticket_by_id(intake.runtime.pool, ticket_id)
    return await _seen(intake, row if row and row.partner == partner.id else None)


async def ticket_seen_by_holder(intake: Intake, ticket_id: UUID, token: str) -> TicketSeen:
    """A ticket by its id, for who holds its tracking token.

    Raises:
        UnknownTicketError: there is none, or the token is another's.
    """
    row = await ticket_by_id(intake.runtime.pool, ticket_id)
    holds = row is not None and hmac.compare_digest(row.token_sha256, token_hash(token))
    return await _seen(intake, row if holds else None)


async def rate(intake: Intake, token: str, *, rating: Rating, words: str, form_token: str) -> None:
    """Take the one rating of a closed ticket.

    Raises:
        UnknownTicketError: the link opens no ticket.
        AlreadyRatedError, NotClosedYetError: it can not be rated now.
        RefusedFieldsError: the words can not be kept.
    """
    cleaned = None if is_absent(words) else clean_text("rating_words", words, characters_max=WORDS_CHARACTERS_MAX)
    at = intake.now()

    def command(_ticket: Ticket, progress: Progress, sealed: Sealed | None) -> Rate:
        return Rate(at=at, rating=rating, words=sealed, progress=progress)

    await _answer_once(intake, token, ("rate", form_token), (rating.value, cleaned or ""), cleaned, command)


async def dispute_fix(intake: Intake, token: str, *, words: str, form_token: str) -> None:
    """Take the reporter's word that it is not fixed.

    Raises:
        UnknownTicketError: the link opens no ticket.
        NotResolvedYetError, AlreadyDisputedError, DisputeTooLateError: there is nothing to dispute now.
        RefusedFieldsError: the words can not be kept.
    """
    cleaned = clean_text("dispute_words", words, characters_max=WORDS_CHARACTERS_MAX)
    at = intake.now()

    def command(_ticket: Ticket, progress: Progress, sealed: Sealed | None) -> DisputeFix:
        assert sealed is not None  # noqa: S101 - the words are not empty, so they were sealed.
        return DisputeFix(at=at, words=sealed, progress=progress)

    await _answer_once(intake, token, ("dispute_fix", form_token), (cleaned,), cleaned, command)


async def withdraw(intake: Intake, token: str, *, words: str, form_token: str) -> None:
    """Take the reporter's word that nothing is to be done any more.

    Raises:
        UnknownTicketError: the link opens no ticket.
        AlreadyWithdrawnError, WithdrawTooLateError: there is nothing to withdraw now.
        RefusedFieldsError: the words can not be kept.
    """
    name = "withdraw_words"
    cleaned = None if is_absent(words) else clean_text(name, words, characters_max=WORDS_CHARACTERS_MAX)
    at = intake.now()

    def command(_ticket: Ticket, progress: Progress, sealed: Sealed | None) -> WithdrawTicket:
        return WithdrawTicket(at=at, words=sealed, progress=progress)

    await _answer_once(intake, token, ("withdraw", form_token), (cleaned or "",), cleaned, command)


async def _answer_once(
    intake: Intake,
    token: str,
    operation: tuple[str, str],
    body: tuple[str, ...],
    words: str | None,
    command: Decided,
) -> None:
    row = await ticket_by_token(intake.runtime.pool, token_hash(token))
    if row is None:
        raise UnknownTicketError
    name, form_token = operation
    caller = f"anonymous:{form_token}"
    body_hmac = intake.hmac_of([str(row.id).encode(), *(part.encode() for part in body)])

    async def act(work: Work) -> str:
        loaded = await work.load(row.stream, FOLD)
        ticket, progress = await _known(work, loaded, row)
        sealed = await _sealed(intake, work, ticket, words)
        events = decide(ticket, command(ticket, progress, sealed))
        work.append(loaded, events, fold=FOLD, cause=Cause(uuid4(), "resident", str(row.id)))
        return json.dumps({"id": str(row.id)})

    await transact_once(intake.store, intake.now, Request(caller, name, form_token, body_hmac), act)
    log.info(name, ticket_id=str(row.id))


async def _known(work: Work, loaded: Loaded[Ticket | None], row: TicketRow) -> tuple[Ticket, Progress]:
    if loaded.state is None:
        raise UnknownTicketError
    return loaded.state, _progress(loaded.state, await steps_of_ticket(work.connection, row.id))


async def _sealed(intake: Intake, work: Work, ticket: Ticket, words: str | None) -> Sealed | None:
    """Who was forgotten meanwhile can no longer be spoken for: their link opens nothing."""
    if words is None:
        return None
    key = await intake.keyring.key_of(work.connection, ticket.reporter)
    if isinstance(key, Forgotten):
        raise UnknownTicketError
    return Reporter(key).seal(words)


async def _seen(intake: Intake, row: TicketRow | None) -> TicketSeen:
    if row is None:
        raise UnknownTicketError
    loaded = await intake.store.load(row.stream, FOLD)
    if loaded.state is None:
        raise UnknownTicketError
    steps = await steps_of_ticket(intake.runtime.pool, row.id)
    return TicketSeen(row=row, ticket=loaded.state, progress=_progress(loaded.state, steps))


def _progress(ticket: Ticket, steps: list[StepTaken]) -> Progress:
    taken = until_withdrawn(steps, ticket.withdrawn_at)
    return Progress([StepTaken(step=Step.REPORTED, at=ticket.opened_at), *taken])
