"""Closing rate 结案率 = closed ÷ 应结案 (closed, and past the resolve deadline and still open).

What its reporter withdrew is neither closed nor due to be: it was received, and nobody is judged by it.
Source: docs/domain.md; 天门 数字城管 2016-12 publishes 911 of 972 = 93.72 %.
"""

from services.reporting.domain.definition import DUE_TO_CLOSE, MERGED, Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="closing_rate",
    name=Name(zh="结案率", en="closing rate"),
    formula="closed ÷ 应结案",
    numerator=Part(words="closed in the period and still closed at its end", names=("closed",)),
    denominator=DUE_TO_CLOSE,
    exclusions=f"Reopened by the period's end; open and in time, suspended, or history without outcome. {MERGED}",
    period="the last closing; the period's end for what is overdue",
    source="docs/domain.md; 天门 数字城管 2016-12 publishes 911 of 972 = 93.72 %",
    why=told_by(__doc__),
)


def closing_rate(tally: Tally) -> Rate:
    """The share of what had to be closed that was."""
    return FIGURE.of(tally)
