"""What tickets, ratings, disputed fixes, erasures and keys bring about in routing, and what its timers do."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from uuid import UUID

from services.routing.domain.clocks import SUSPENSION
from services.routing.domain.repeats import NONE_BEFORE
from services.routing.handlers import CASE, Routing
from services.routing.handlers.cases import (
    Facts,
    deadline_fires,
    import_case,
    open_case,
    reopen_case,
    stream_of,
    suspension_ends,
)
from services.routing.handlers.following_up import follow_up_fires
from services.routing.handlers.repeats import earlier_reports, reported
from services.routing.handlers.shifts import SWAP, swap_lapses
from services.routing.handlers.stranding import held_rulebook, move_from_gone_unit
from services.routing.handlers.withdrawing import withdraw_case
from services.routing.queries import SQL
from shared.contracts import intake
from shared.contracts.codec import knows
from shared.contracts.intake import (
    FixDisputed,
    ReporterErased,
    TicketImported,
    TicketOpened,
    TicketRated,
    TicketWithdrawn,
)
from shared.contracts.keys import KeyRecord
from shared.contracts.routing import Clock
from shared.kernel.kafka import Topic
from shared.kernel.reactions import Reactions, Received
from shared.kernel.timers import Fire
from shared.kernel.work import Timer, Work
from shared.privacy.publishing import KEYS_TOPIC

CONSUMER = "routing"
INTAKE_TOPIC = Topic(intake.TOPIC)

reactions: Reactions[Routing] = Reactions(topics=(KEYS_TOPIC, INTAKE_TOPIC), knows=knows)

# What the rules are asked with of each ticket of the batch at hand, its opened words too; gone with the next batch.
_facts: ContextVar[Mapping[UUID, Facts]] = ContextVar("facts of the batch")


async def prepare_batch(service: Routing, work: Work, received: Sequence[Received[object]]) -> None:
    """Keep the batch's keys, load its cases, open its texts and count what they repeat: a query each for them all.

    Raises:
        KeyNotArrivedError: a reporter's key has not come yet.
    """
    keys = [each.event for each in received if isinstance(each.event, KeyRecord)]
    await service.keyring.record(work.connection, keys)
    tickets = [each.event for each in received if isinstance(each.event, TicketOpened | TicketImported)]
    disputes = [each.event for each in received if isinstance(each.event, FixDisputed)]
    withdrawn = [each.event for each in received if isinstance(each.event, TicketWithdrawn)]
    await work.prefetch([stream_of(event.ticket_id) for event in (*tickets, *disputes, *withdrawn)], CASE)
    texts = await service.keyring.opened_many(work.connection, [ticket.text for ticket in tickets]) if tickets else []
    # Of whom was forgotten no word is left; the rules then go by category and place.
    words = [text if isinstance(text, str) else "" for text in texts]
    rulebook = (
        await held_rulebook(service, work) if tickets or disputes else await service.rulebooks.current(work.connection)
    )
    reports = list(reported(rulebook, zip(tickets, words, strict=True)))
    earlier = await earlier_reports(work.connection, rulebook, reports)
    facts = {
        ticket.ticket_id: Facts(rulebook=rulebook, text=text, earlier=earlier.get(ticket.ticket_id, NONE_BEFORE))
        for ticket, text in zip(tickets, words, strict=True)
    }
    _facts.set(facts)


reactions.prefetch = prepare_batch


@reactions.on(KeyRecord)
async def on_key(_service: Routing, _work: Work, _received: Received[KeyRecord]) -> None:
    """Kept with its batch, before anything that it may open."""


@reactions.on(TicketOpened)
async def on_ticket_opened(service: Routing, work: Work, received: Received[TicketOpened]) -> None:
    """A ticket becomes a case."""
    ticket = received.event
    await open_case(service, work, ticket, _facts.get()[ticket.ticket_id], cause=received.cause(CONSUMER))


@reactions.on(TicketImported)
async def on_ticket_imported(_service: Routing, work: Work, received: Received[TicketImported]) -> None:
    """A ticket of the past becomes a case of the past."""
    ticket, facts, cause = received.event, _facts.get()[received.event.ticket_id], received.cause(CONSUMER)
    await import_case(work, ticket, facts, cause=cause)
    # The past may name a unit that has gone since; what it left undone is somebody's.
    await move_from_gone_unit(work, stream_of(ticket.ticket_id), facts.rulebook, cause)


@reactions.on(FixDisputed)
async def on_fix_disputed(service: Routing, work: Work, received: Received[FixDisputed]) -> None:
    """Not fixed, says the reporter."""
    cause = received.cause(CONSUMER)
    stream = await reopen_case(service, work, received.event, cause=cause)
    await move_from_gone_unit(work, stream, await service.rulebooks.current(work.connection), cause)


@reactions.on(TicketWithdrawn)
async def on_ticket_withdrawn(_service: Routing, work: Work, received: Received[TicketWithdrawn]) -> None:
    """The reporter wants nothing more."""
    await withdraw_case(work, received.event, cause=received.cause(CONSUMER))


@reactions.on(TicketRated)
async def on_ticket_rated(_service: Routing, work: Work, received: Received[TicketRated]) -> None:
    """What the reporter answered is shown on the case's page."""
    rated = received.event
    words = rated.words.model_dump_json() if rated.words else None
    await work.connection.execute(SQL["add_rating"], rated.ticket_id, rated.rating.value, words, rated.at)


@reactions.on(ReporterErased)
async def on_reporter_erased(_service: Routing, work: Work, received: Received[ReporterErased]) -> None:
    """The case's page says since when no words are left."""
    await work.connection.execute(SQL["add_erasure"], received.event.ticket_id, received.event.at)


async def prefetch_cases(work: Work, timers: Sequence[Timer]) -> None:
    """The cases that these timers wake, in one query."""
    of_cases = [timer for timer in timers if timer.kind != SWAP]
    await work.prefetch([stream_of(UUID(timer.subject.partition("/")[0])) for timer in of_cases], CASE)


def timers_of(service: Routing) -> Mapping[str, Fire]:
    """What happens when a clock runs out, by its kind."""
    clocks: dict[str, Fire] = {clock.value: partial(deadline_fires, service) for clock in Clock}
    clocks[Clock.FOLLOW_UP.value] = partial(follow_up_fires, service)
    return {**clocks, SUSPENSION: partial(suspension_ends, service), SWAP: partial(swap_lapses, service)}
