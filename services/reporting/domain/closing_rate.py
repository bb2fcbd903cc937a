"""Closing rate 结案率 = closed ÷ 应结案 (closed, and past the resolve deadline and still open).

What its reporter withdrew is neither closed nor due to be: it was received, and nobody is judged by it.
Source: docs/domain.md; 天门 数字城管 2016-12 publishes 911 of 972 = 93.72 %.
"""

from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


def closing_rate(tally: Tally) -> Rate:
    """The share of what had to be closed that was."""
    return Rate(tally.closed, tally.due_to_close)
