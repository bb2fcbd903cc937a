"""Rework rate 返工率 = cases that failed verification ÷ 应结案.

Counted among the due-to-close of the period, so that it is a share of them: what failed and still is in time is judged
when it is due. Source: docs/domain.md.
"""

from services.reporting.domain.definition import DUE_TO_CLOSE, MERGED, Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="rework_rate",
    name=Name(zh="返工率", en="rework rate"),
    formula="failed verification ÷ 应结案",
    numerator=Part(words="of the 应结案, those that failed a verification at least once", names=("reworked",)),
    denominator=DUE_TO_CLOSE,
    exclusions=f"What failed and is still in time: it is judged when it is due. {MERGED}",
    period="the last closing; the period's end for what is overdue",
    why=told_by(__doc__),
)


def rework_rate(tally: Tally) -> Rate:
    """The share of what had to be closed that was found undone at least once."""
    return FIGURE.of(tally)
