"""What to do with a record, given how far its stream has come: pure, so that every order of arrival can be tried."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Verdict(StrEnum):
    """What becomes of a record. All but the first two are parked."""

    FRESH = "fresh"
    DUPLICATE = "duplicate"
    GAP = "gap"
    FORK = "fork"
    BEHIND = "behind"


@dataclass(slots=True)
class StreamPosition:
    """How far one stream has taken effect, and whether something of it is parked."""

    version: int = 0
    blocked: bool = False
    ids: dict[int, UUID] = field(default_factory=dict)

    def take(self, version: int, event_id: UUID) -> None:
        """The event has taken effect."""
        self.version = version
        self.ids[version] = event_id


def place_event(
    position: StreamPosition, *, version: int, previous_version: int, event_id: UUID, starts_later: bool = False
) -> Verdict:
    """For streams of events, where each version follows the one before.

    The same version under another id is a fork: its publisher was restored to an earlier point and went another way.
    A consumer that was declared to start later begins a stream wherever it meets it; what came before is passed over.
    """
    if version <= position.version:
        known = position.ids.get(version)
        passed_over = known is None and starts_later
        return Verdict.DUPLICATE if known == event_id or passed_over else Verdict.FORK
    if position.blocked:
        return Verdict.BEHIND
    if previous_version != position.version and not (starts_later and position.version == 0):
        return Verdict.GAP
    return Verdict.FRESH


def place_state(position: StreamPosition, *, version: int, event_id: UUID) -> Verdict:
    """For compacted topics, where gaps are normal: the higher version wins, whenever the lower one comes.

    The same version under another id was told by a publisher that was restored to an earlier point. It wins too, as it
    does in the topic, which keeps what came last: nothing is counted on a state, so there is nothing to park. One that
    was restored further back is heard again when it has come to the version that was read: of older ones no id is kept,
    so that they can not be told from a late repetition.
    """
    told_anew = version == position.version and position.ids.get(version, event_id) != event_id
    return Verdict.FRESH if version > position.version or told_anew else Verdict.DUPLICATE
