"""Suspended share 挂账占比 = suspended ÷ open, at the period's end.

What is suspended is in no 应结案: a unit that suspends much looks better than it is, so the share stands beside the
rates. Source: docs/domain.md.
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="suspended_share",
    name=Name(zh="挂账占比", en="suspended share"),
    formula="suspended ÷ open",
    numerator=Part(words="open cases whose clock stands still at the period's end", names=("suspended",)),
    denominator=Part(words="cases that are not closed at the period's end", names=("open",)),
    exclusions="Nothing that is open.",
    period="the period's end",
    why=told_by(__doc__),
)


def suspended_share(tally: Tally) -> Rate:
    """The share of what is open that stands still."""
    return FIGURE.of(tally)
