"""What the case's page says of the work that keeps a fix, and how often it may be chosen to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain.case.follow_up import FollowUpState
from shared.contracts.directory import Name

# How often a follow-up may be chosen to come: so many days apart, and times in all. Programs may ask for any other.
ONCE: tuple[int | None, int] = (None, 1)
RHYTHMS: Mapping[str, tuple[int | None, int]] = {
    "once": ONCE,
    "7x4": (7, 4),
    "30x3": (30, 3),
    "30x12": (30, 12),
    "90x4": (90, 4),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpShown:
    """Work that keeps the fix: what, by whom, by when, which time of how many. Without a `task`, `by_rule` says it."""

    id: UUID
    unit_name: Name
    task: str
    by_rule: Name | None
    state: FollowUpState
    due: datetime
    deadline: datetime
    occurrence: int
    times: int
    missed: int
