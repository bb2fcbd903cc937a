"""What tickets, reporters and clocks bring about in a case: opened, imported, reopened, escalated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from services.routing.domain.assignment import Chosen, Report, choose, choose_for_history
from services.routing.domain.case import Case, decide
from services.routing.domain.case.commands import AtOnce, Command, ImportCase, OpenCase, Reopen, SuspensionReached
from services.routing.domain.case.merging import followed
from services.routing.domain.clocks import TimerWish, timers_after
from services.routing.domain.errors import RoutingError
from services.routing.domain.escalation import deadline_reached
from services.routing.domain.repeats import NONE_BEFORE, Earlier
from services.routing.domain.rulebook import Rulebook
from services.routing.domain.units import Units
from services.routing.handlers.service import CASE, Routing, nonce
from shared.contracts.intake import Channel, FixDisputed, TicketImported, TicketOpened
from shared.contracts.routing import Clock, Deadlines, FollowedEvent, Matter
from shared.kernel.event_store import Cause, Loaded
from shared.kernel.work import Timer, Work
from shared.privacy import Forgotten, PersonKey, seal

log = structlog.get_logger()


def stream_of(case_id: UUID) -> str:
    """Where a case's events stand."""
    return f"case-{case_id}"


async def carry_out(work: Work, loaded: Loaded[Case | None], command: Command, cause: Cause) -> None:
    """Decide, append, set the timers that the case then wants, and have the cases that were merged into it follow.

    Raises:
        RoutingError: the domain refuses; nothing was gathered.
    """
    events = decide(loaded.state, command)
    if not events:
        return
    after = work.append(loaded, events, fold=CASE, cause=cause).state
    if after is not None:
        wishes = timers_after(loaded.state, after)
        work.schedule([_timer(after.id, wish) for wish in wishes])
        await _follow(work, after, [event for event in events if isinstance(event, FollowedEvent)], cause)


async def _follow(work: Work, master: Case, events: Sequence[FollowedEvent], cause: Cause) -> None:
    streams = [stream_of(duplicate) for duplicate in master.duplicates] if events else []
    await work.prefetch(streams, CASE)
    for stream in streams:
        for event in events:
            loaded = await work.load(stream, CASE)
            own = followed(event, loaded.state) if loaded.state else None
            work.append(loaded, [own] if own else [], fold=CASE, cause=cause)


def _timer(case_id: UUID, wish: TimerWish) -> Timer:
    subject = f"{case_id}/{wish.called}" if wish.called else str(case_id)
    return Timer(str(wish.kind), subject, wish.generation, wish.due_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules are asked with, besides the ticket: its opened words, and what it may repeat."""

    rulebook: Rulebook
    text: str = field(repr=False)
    earlier: Earlier = NONE_BEFORE


async def open_case(service: Routing, work: Work, ticket: TicketOpened, facts: Facts, *, cause: Cause) -> None:
    """A case for a ticket, at the unit that the rules choose; units that the rule calls are called with it.

    Raises:
        PlaceUnknownError: the place has no record.
        NoRuleMatchesError: no rule matches.
    """
    chosen = choose(facts.rulebook, _report(ticket, facts, ticket.channel))
    command = OpenCase(
        case_id=ticket.ticket_id,
        matter=_matter(ticket, chosen, locale=ticket.locale),
        channel=ticket.channel,
        text=ticket.text,
        attachments=ticket.attachments,
        split_from=ticket.split_from,
        link=ticket.link,
        stated_urgency=ticket.stated_urgency,
        taken_by=ticket.taken_by,
        assignment=chosen.assignment,
        guess=chosen.guess,
        calls=await _at_once(service, work, ticket.reporter, chosen),
        now=ticket.at,
    )
    await carry_out(work, await work.load(stream_of(ticket.ticket_id), CASE), command, cause)


def _report(ticket: TicketOpened | TicketImported, facts: Facts, channel: Channel) -> Report:
    return Report(
        place=ticket.place,
        category=ticket.category,
        channel=channel,
        text=facts.text,
        earlier=facts.earlier,
        stated_urgency=ticket.stated_urgency,
        at=ticket.at,
    )


async def _at_once(service: Routing, work: Work, reporter: str, chosen: Chosen) -> tuple[AtOnce, ...]:
    """The rule's calls, each with its task under the reporter's key, or the called unit's where that is gone."""
    calls: list[AtOnce] = []
    for call in chosen.calls:
        own = await service.keyring.key_of(work.connection, reporter)
        key = await _key_of_unit(service, work, call.unit) if isinstance(own, Forgotten) else own
        if key is not None:
            task = seal(key, getattr(call.task, service.config.staff_locale), nonce=nonce())
            calls.append(AtOnce(unit=call.unit, task=task, report_by=call.report_by, warnings=call.warnings))
    return tuple(calls)


async def _key_of_unit(service: Routing, work: Work, unit: str) -> PersonKey | None:
    """The key of one of its people; none where all of them were forgotten too, and nobody is there to be called."""
    people = (await service.directory.current(work.connection)).people.values()
    for person in people:
        if person.unit == unit and not person.retired:
            key = await service.keyring.key_of(work.connection, person.name.person)
            if not isinstance(key, Forgotten):
                return key
    return None


async def import_case(work: Work, ticket: TicketImported, facts: Facts, *, cause: Cause) -> None:
    """A case of another system's past, dated as it was; nobody is called to it.

    Raises:
        PlaceUnknownError: the place has no record.
        NoRuleMatchesError: no rule matches.
    """
    report = _report(ticket, facts, Channel.IMPORT)
    chosen = choose_for_history(facts.rulebook, report, handled_by=ticket.unit)
    command = ImportCase(
        case_id=ticket.ticket_id,
        matter=_matter(ticket, chosen, locale="zh"),
        text=ticket.text,
        assignment=chosen.assignment,
        opened_at=ticket.at,
        milestones=ticket.milestones,
        notes=ticket.notes,
        stated_urgency=ticket.stated_urgency,
    )
    await carry_out(work, await work.load(stream_of(ticket.ticket_id), CASE), command, cause)


def _matter(ticket: TicketOpened | TicketImported, chosen: Chosen, *, locale: str) -> Matter:
    return Matter(
        number=ticket.number,
        place=ticket.place,
        area=chosen.area,
        category=ticket.category,
        urgency=chosen.urgency,
        reporter=ticket.reporter,
        contact=ticket.contact,
        tracking_token=ticket.tracking_token,
        locale=locale,
        templates=dict(chosen.templates),
    )


async def reopen_case(service: Routing, work: Work, dispute: FixDisputed, *, cause: Cause) -> str:
    """The reporter says that it is not fixed: the unit gets the words and fresh clocks.

    Where the case is being worked on anyway there is nothing to reopen, and the words are kept with it. Tells the
    stream of the case that is worked on.
    """
    loaded = await work.load(stream_of(dispute.ticket_id), CASE)
    said_of = None
    if loaded.state is not None and loaded.state.master is not None:
        # One of them is worked on: that one is reopened, and all that follow it with it.
        loaded, said_of = await work.load(stream_of(loaded.state.master), CASE), dispute.ticket_id
    rulebook = await service.rulebooks.current(work.connection)
    case = loaded.state
    deadlines = Deadlines()
    if case is not None and case.unit is not None:
        deadlines = rulebook.units.deadlines(case.terms, unit=case.unit, start=dispute.at)
    command = Reopen(words=dispute.words, deadlines=deadlines, said_of=said_of, now=dispute.at)
    try:
        await carry_out(work, loaded, command, cause)
    except RoutingError as refusal:
        log.info("dispute_changes_nothing", case_id=str(dispute.ticket_id), refusal=type(refusal).__name__)
    return loaded.stream


async def deadline_fires(service: Routing, work: Work, timer: Timer) -> None:
    """A clock ran out: who is next on the ladder is told, unless the reason has gone."""
    case_id, _, called = timer.subject.partition("/")
    loaded = await work.load(stream_of(UUID(case_id)), CASE)
    if loaded.state is None:
        return
    units = (await service.rulebooks.current(work.connection)).units
    command = deadline_reached(
        loaded.state,
        units,
        clock=Clock(timer.kind),
        generation=timer.generation,
        now=work.now,
        called=called or None,
    )
    command_id = uuid5(NAMESPACE_URL, f"timer/{timer.kind}/{timer.subject}/{timer.generation}")
    await carry_out(work, loaded, command, Cause(command_id, "routing", case_id))


async def suspension_ends(service: Routing, work: Work, timer: Timer) -> None:
    """The end of a suspension has come: the clock runs on, unless somebody ended it before."""
    loaded = await work.load(stream_of(UUID(timer.subject)), CASE)
    if loaded.state is None:
        return
    case, units = loaded.state, (await service.rulebooks.current(work.connection)).units
    resolve_by = resumed_deadline(case, units, work.now)
    warned = units.warnings(case.terms, unit=case.unit, start=work.now, deadline=resolve_by) if case.unit else ()
    command = SuspensionReached(
        generation=timer.generation,
        resolve_by=resolve_by,
        promised=resumed_promise(case, units, work.now),
        warnings=warned,
        now=work.now,
    )
    command_id = uuid5(NAMESPACE_URL, f"timer/{timer.kind}/{timer.subject}/{timer.generation}")
    await carry_out(work, loaded, command, Cause(command_id, "routing", timer.subject))


def resumed_deadline(case: Case, units: Units, now: datetime) -> datetime | None:
    """By when a suspended case must be resolved if its clock runs on now; none where it is not suspended."""
    stood = case.suspension
    if stood is None or stood.since is None or stood.deadline is None or case.unit is None:
        return None
    return units.resumed(case.terms, unit=case.unit, since=stood.since, deadline=stood.deadline, now=now)


def resumed_promise(case: Case, units: Units, now: datetime) -> datetime | None:
    """What it is judged by then: what was promised, later by as long as it stood still, whatever rework got."""
    stood, promise = case.suspension, case.resolve.promise
    if stood is None or stood.since is None or promise is None or case.unit is None:
        return None
    # Who asks in time is not late because the answer was.
    since = stood.since if stood.since < promise else stood.asked_at
    return units.resumed(case.terms, unit=case.unit, since=since, deadline=promise, now=now)
