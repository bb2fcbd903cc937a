"""The district's own wording of a message, where the case's rule asks for one of its templates."""

from collections.abc import Mapping
from types import MappingProxyType

from services.notify.domain.wishes import (
    ASSIGNED,
    ASSIGNED_WITHOUT_DEADLINE,
    CALLED,
    CALLED_WITHOUT_DEADLINE,
    CLOSED,
    ESCALATED,
    TO_OBSERVE,
    TO_VERIFY,
    TO_VERIFY_WITHOUT_DEADLINE,
    WARNED,
    Wish,
)
from shared.contracts.directory import TemplateDefined
from shared.contracts.messages import LINK, OFFERED, Message
from shared.contracts.notify import OwnWording
from shared.sms.placeholders import named_in

# Which of our templates are one message to a district.
MESSAGE_OF: Mapping[str, Message] = MappingProxyType(
    {
        ASSIGNED: Message.CASE_ASSIGNED,
        ASSIGNED_WITHOUT_DEADLINE: Message.CASE_ASSIGNED,
        CALLED: Message.WHISTLE_BLOWN,
        CALLED_WITHOUT_DEADLINE: Message.WHISTLE_BLOWN,
        TO_VERIFY: Message.CASE_TO_VERIFY,
        TO_VERIFY_WITHOUT_DEADLINE: Message.CASE_TO_VERIFY,
        TO_OBSERVE: Message.CASE_TO_VERIFY,
        WARNED: Message.DEADLINE_WARNED,
        ESCALATED: Message.CASE_ESCALATED,
        CLOSED: Message.CASE_CLOSED,
    }
)


def own_wording(wish: Wish, asked: Mapping[Message, str], written: Mapping[str, TemplateDefined]) -> OwnWording | None:
    """How the district words it; none where ours is sent: nothing was asked for, or it is not here, or can not be said.

    A template that was withdrawn is not said any more. One that has not come yet is not waited for: somebody would be
    told late of what they are to do.
    """
    message = MESSAGE_OF.get(wish.template)
    template = written.get(asked.get(message, "")) if message else None
    if message is None or template is None or template.retired or template.message is not message:
        return None
    says = template.en if wish.locale == "en" else template.zh
    if says is None or not named_in(says) <= OFFERED[message] & {LINK, *wish.params}:
        return None
    return OwnWording(template=template.id, edition=template.edition, says=says)
