"""What a unit asked of its resolve clock: that it runs to a later deadline, or stands still for a while."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time that somebody asked for, and waits for an answer by `to_unit`, or by any grid where there is none."""

    by: str
    to_unit: str | None
    resolve_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A stand-still that somebody asked for; once granted, since when, and the deadline that it took away.

    Granted after the deadline had passed, it stands still since it was asked for: who asks in time is not late because
    the answer was.
    """

    by: str
    to_unit: str | None
    asked_at: datetime
    until: datetime
    since: datetime | None = None
    deadline: datetime | None = None

    @property
    def is_granted(self) -> bool:
        """Whether the clock stands still."""
        return self.since is not None
