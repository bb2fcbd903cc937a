"""Reminders by hand (催办): the last one of a case, how soon another may follow, and when none is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.routing.domain.errors import RoutingError

# A second message within minutes says nothing that the first has not, and costs the unit time and the district money.
NOT_AGAIN_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Which unit somebody reminded last, and when."""

    unit: str
    at: datetime

    def is_fresh(self, unit: str, now: datetime) -> bool:
        """Whether this unit was reminded just now; who has the case since was not, whoever had it before."""
        return self.unit == unit and now < self.at + NOT_AGAIN_WITHIN


class NotToRemindError(RoutingError):
    """Who has the case is reminded by a unit above it, or by the grid, and not by itself."""

    status = 403


class RemindedJustNowError(RoutingError):
    """The unit was reminded of this case within the last ten minutes."""
