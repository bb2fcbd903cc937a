"""Reporters' contacts for an export: for a role that sees them, on record as a whole before the first is given.

Each case says too that its contact was looked at, by the same event as when it is looked at on its page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from services.routing.domain.case import Case
from services.routing.domain.case.commands import RevealContact
from services.routing.domain.permissions import TABLE, Action, refusal
from services.routing.handlers.accounts import Member
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.reading import opened
from services.routing.handlers.service import CASE, Routing
from services.routing.queries import SQL
from shared.contracts.envelope import Sealed
from shared.kernel.event_store import Cause
from shared.kernel.work import Work, transact


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsAsked:
    """Which tickets' reporters are asked for, and what for."""

    first_day: date
    last_day: date
    tickets: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reported, as far as they said it and are not forgotten, and what they wrote."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    text: str | None = field(repr=False)


async def record_export(service: Routing, member: Member, asked: ContactsAsked) -> UUID:
    """Put on record that this member takes them out.

    Raises:
        RoutingError: their role sees no contact, of whatever case.
    """
    actor = member.actor
    if not TABLE[actor.role].get(Action.CONTACT):
        raise refusal(actor.role, Action.CONTACT)
    export = uuid4()
    await service.runtime.pool.execute(
        SQL["add_contact_export"],
        export,
        service.runtime.ground.clock.now(),
        actor.person,
        actor.role.value,
        actor.unit,
        asked.first_day,
        asked.last_day,
        asked.tickets,
        asked.reason,
    )
    return export


async def reporters_of(
    service: Routing, member: Member, export: UUID, cases: Sequence[UUID]
) -> Mapping[UUID, Reporter]:
    """The reporters of those cases whose contact this member may see, once it stands on each that it was looked at."""
    actor = member.actor

    async def look(work: Work) -> list[Case]:
        await work.prefetch([stream_of(each) for each in cases], CASE)
        seen: list[Case] = []
        for each in cases:
            loaded = await work.load(stream_of(each), CASE)
            case, master = loaded.state, await _master_of(work, loaded.state)
            if case is None or not member.sight.sees_contact(case, master):
                continue
            seen.append(case)
            if case.matter.contact.name or case.matter.contact.phone:
                by = member.sight.actor_on(master or case)
                command = RevealContact(by=by, master=master, now=work.now)
                await carry_out(work, loaded, command, Cause(uuid4(), actor.role.value, str(export)))
        return seen

    seen = await transact(service.runtime.store, service.runtime.ground.clock.now, look)
    return await _opened(service, seen)


async def _master_of(work: Work, case: Case | None) -> Case | None:
    return None if case is None or case.master is None else (await work.load(stream_of(case.master), CASE)).state


async def _opened(service: Routing, seen: Sequence[Case]) -> Mapping[UUID, Reporter]:
    rows = await service.runtime.pool.fetch(SQL["texts_of"], [case.id for case in seen])
    words = {row["id"]: Sealed.model_validate_json(row["text"]) for row in rows}
    contacts = [(case.matter.contact.name, case.matter.contact.phone, words.get(case.id)) for case in seen]
    texts = await opened(service, [box for boxes in contacts for box in boxes if box is not None])

    def text_of(box: Sealed | None) -> str | None:
        return None if box is None else texts[box.box]

    return {
        case.id: Reporter(name=text_of(name), phone=text_of(phone), text=text_of(text))
        for case, (name, phone, text) in zip(seen, contacts, strict=True)
    }
