"""The case (办件): the handling of one ticket, from the unit that is asked to the fix that somebody has verified."""

from importlib import import_module
from pkgutil import iter_modules

from services.routing.domain.case.countdown import Countdown
from services.routing.domain.case.decisions import decide
from services.routing.domain.case.evolution import evolve
from services.routing.domain.case.state import BY_HAND, DONE, FROM_HISTORY, Case, Status

__all__ = ["BY_HAND", "DONE", "FROM_HISTORY", "Case", "Countdown", "Status", "decide", "evolve"]

# Each file here is of one of its subjects: what it decides, and what its events make of a case, counts once it is read.
for _subject in iter_modules(__path__):
    import_module(f"{__name__}.{_subject.name}")
