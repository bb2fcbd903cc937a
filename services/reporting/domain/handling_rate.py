"""Handling rate 处置率 = handled ÷ 应处置 (handled, and overdue and never handled).

Handled is resolved for the first time in the period. A case still in time is in neither: it can not be late yet.
Source: docs/domain.md, "Figures"; the 数字城管 circulars of 天门 and 连云港.
"""

from services.reporting.domain.definition import MERGED, Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="handling_rate",
    name=Name(zh="处置率", en="handling rate"),
    formula="handled ÷ 应处置",
    numerator=Part(
        words="resolved for the first time in the period; closing what nobody resolved counts as resolving it",
        names=("handled",),
    ),
    denominator=Part(
        words="应处置: handled in the period, and never handled and past the resolve deadline at its end",
        names=("handled", "overdue_unhandled"),
    ),
    exclusions=f"In time and not handled yet; suspended at the end; history without an outcome. {MERGED}",
    period="the first resolution; the period's end for what is overdue",
    why=told_by(__doc__),
)


def handling_rate(tally: Tally) -> Rate:
    """The share of what had to be handled that was."""
    return FIGURE.of(tally)
