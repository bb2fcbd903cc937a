"""The reporter's contact: masked for who sees the case, in full for who may ask for it, in answer to each request."""

import json
from dataclasses import dataclass, field
from uuid import uuid4

from services.routing.domain.case import Case
from services.routing.domain.case.commands import RevealContact
from services.routing.domain.errors.access import ContactNotYoursError
from services.routing.domain.errors.handling import CaseUnknownError
from services.routing.handlers.cases import carry_out, stream_of
from services.routing.handlers.performing import Asked, may_be_acted_on
from services.routing.handlers.reading import CaseRead, opened, read_case
from services.routing.handlers.service import CASE, Routing
from shared.kernel.event_store import Cause
from shared.kernel.work import Work, transact_once
from shared.privacy.masking import masked_name, masked_phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach the reporter; both empty when they stayed anonymous, or were forgotten."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)

    @property
    def masked(self) -> "Contact":
        """As it is shown to everybody who sees the case."""
        return Contact(name=masked_name(self.name), phone=masked_phone(self.phone) if self.phone else "")


async def contact_of(service: Routing, case: Case) -> Contact:
    """The contact in full, for a caller that masks it or may see it."""
    name, phone = case.matter.contact.name, case.matter.contact.phone
    texts = await opened(service, [box for box in (name, phone) if box is not None])
    return Contact(name=(name and texts[name.box]) or "", phone=(phone and texts[phone.box]) or "")


async def reveal_contact(service: Routing, asked: Asked) -> tuple[CaseRead, Contact]:
    """The case and its contact in full, after it stands on the case who asked for it.

    Raises:
        RoutingError: it is not theirs to see, or the reporter left none.
    """
    actor = asked.member.actor
    body = json.dumps([str(asked.case_id), "", ""])
    request = service.request(caller=f"staff:{actor.person}", operation="contact", key=asked.key, body=body)

    async def act(work: Work) -> str:
        loaded = await work.load(stream_of(asked.case_id), CASE)
        master = await _master_of(work, loaded.state)
        # Who works on the master works for the reporters of those that follow it, as in reading.
        sees_master = master is not None and asked.member.sight.sees(master)
        seen = may_be_acted_on(master if sees_master else loaded.state, asked, loaded.version, "contact")
        if master is not None and not sees_master:
            raise ContactNotYoursError
        command = RevealContact(by=asked.member.sight.actor_on(seen), master=master, now=work.now)
        await carry_out(work, loaded, command, Cause(uuid4(), actor.role.value, str(asked.case_id)))
        return "{}"

    await transact_once(service.runtime.store, service.runtime.ground.clock.now, request, act)
    read = await read_case(service, asked.member, asked.case_id)
    if not asked.member.sight.sees_contact(read.case, read.master):
        # The request is one of before, sent again by somebody who has left the case since.
        raise CaseUnknownError
    return read, await contact_of(service, read.case)


async def _master_of(work: Work, case: Case | None) -> Case | None:
    if case is None or case.master is None:
        return None
    return (await work.load(stream_of(case.master), CASE)).state
