"""The reporter's contact: masked for who sees the case, in full for who may ask for it, in answer to each request."""

from dataclasses import dataclass, field

from services.routing.domain.case import Case
from services.routing.domain.case.commands import RevealContact
from services.routing.domain.errors import CaseUnknownError
from services.routing.handlers.performing import Asked, perform
from services.routing.handlers.reading import CaseRead, opened, read_case
from services.routing.handlers.service import Routing
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
    await perform(service, asked, "contact", lambda at: RevealContact(by=at.by, now=at.now))
    read = await read_case(service, asked.member, asked.case_id)
    if not asked.member.sight.sees_contact(read.case):
        # The request is one of before, sent again by somebody who has left the case since.
        raise CaseUnknownError
    return read, await contact_of(service, read.case)
