"""Messages that a district may word itself, each with what its words may name: the rules choose, notify writes."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Message(StrEnum):
    """A message about a case for which a rule may name a template of the district."""

    CASE_ASSIGNED = "case_assigned"
    WHISTLE_BLOWN = "whistle_blown"
    CASE_TO_VERIFY = "case_to_verify"
    DEADLINE_WARNED = "deadline_warned"
    CASE_ESCALATED = "case_escalated"
    CASE_CLOSED = "case_closed"


# Without it the message leads nowhere.
LINK = "link"

# Never more than our own wording of the message may name; none of it is anybody's name or phone.
OFFERED: Mapping[Message, frozenset[str]] = MappingProxyType(
    {
        Message.CASE_ASSIGNED: frozenset({LINK, "number", "place", "accept_by"}),
        Message.WHISTLE_BLOWN: frozenset({LINK, "number", "place", "report_by", "words"}),
        Message.CASE_TO_VERIFY: frozenset({LINK, "number", "place", "verify_by", "observed_until"}),
        Message.DEADLINE_WARNED: frozenset({LINK, "number", "place", "deadline"}),
        Message.CASE_ESCALATED: frozenset({LINK, "number", "place", "level"}),
        Message.CASE_CLOSED: frozenset({LINK, "number"}),
    }
)
