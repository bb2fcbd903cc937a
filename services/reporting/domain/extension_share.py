"""Extension share 延期占比 = had more time granted ÷ 应结案.

Granted time moves the deadline that on-time closing is judged by, so how much was granted stands beside it.
Source: docs/domain.md.
"""

from services.reporting.domain.definition import DUE_TO_CLOSE, MERGED, Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="extension_share",
    name=Name(zh="延期占比", en="extension share"),
    formula="had an extension granted ÷ 应结案",
    numerator=Part(words="of the 应结案, those that were granted an extension at least once", names=("extended",)),
    denominator=DUE_TO_CLOSE,
    exclusions=f"Extensions that were refused or withdrawn. {MERGED}",
    period="the last closing; the period's end for what is overdue",
    why=told_by(__doc__),
)


def extension_share(tally: Tally) -> Rate:
    """The share of what had to be closed whose deadline was moved."""
    return FIGURE.of(tally)
