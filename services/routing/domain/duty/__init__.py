"""A unit's duty (值班) as its people change it: a turn handed over (交班), two turns swapped (换班)."""

from services.routing.domain.duty.decisions import decide
from services.routing.domain.duty.state import Shifts, Swap, evolve

__all__ = ["Shifts", "Swap", "decide", "evolve"]
