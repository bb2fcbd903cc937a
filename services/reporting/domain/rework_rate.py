"""Rework rate 返工率 = cases that failed verification ÷ 应结案.

Counted among the due-to-close of the period, so that it is a share of them: what failed and still is in time is judged
when it is due. Source: docs/domain.md.
"""

from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


def rework_rate(tally: Tally) -> Rate:
    """The share of what had to be closed that was found undone at least once."""
    return Rate(tally.reworked, tally.due_to_close)
