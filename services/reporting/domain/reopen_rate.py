"""Reopen rate 重开率 = ever reopened ÷ ever resolved.

In a period: of the cases first resolved in it, those that their reporter had reopened by its end.
Source: docs/domain.md.
"""

from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


def reopen_rate(tally: Tally) -> Rate:
    """The share of what was handled that its reporter found not fixed."""
    return Rate(tally.reopened, tally.handled)
