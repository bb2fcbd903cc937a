"""The case (办件): the handling of one ticket, from the unit that is asked to the fix that somebody has verified."""

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.decisions import decide
from services.routing.domain.case.evolution import evolve
from services.routing.domain.case.state import BY_HAND, DONE, FROM_HISTORY, Case, Status

__all__ = ["BY_HAND", "DONE", "FROM_HISTORY", "Case", "Countdown", "Status", "decide", "evolve"]
