"""Handling rate 处置率 = handled ÷ 应处置 (handled, and overdue and never handled).

Handled is resolved for the first time in the period. A case still in time is in neither: it can not be late yet.
Source: docs/domain.md, "Figures"; the 数字城管 circulars of 天门 and 连云港.
"""

from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


def handling_rate(tally: Tally) -> Rate:
    """The share of what had to be handled that was."""
    return Rate(tally.handled, tally.handled + tally.overdue_unhandled)
