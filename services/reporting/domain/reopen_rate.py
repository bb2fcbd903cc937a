"""Reopen rate 重开率 = ever reopened ÷ ever resolved.

In a period: of the cases first resolved in it, those that their reporter had reopened by its end. What is reopened
later is in no month's numerator: resolved on 28 April and reopened on 2 May, a case counts for April as not reopened,
and for May not at all; a quarter that holds both days counts it.
Source: docs/domain.md.
"""

from services.reporting.domain.definition import MERGED, Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="reopen_rate",
    name=Name(zh="重开率", en="reopen rate"),
    formula="ever reopened ÷ ever resolved",
    numerator=Part(words="of those handled in the period, those reopened before its end", names=("reopened",)),
    denominator=Part(words="resolved for the first time in the period", names=("handled",)),
    exclusions=f"Reopened after the period's end: a month's figure stays as it was. {MERGED}",
    period="the first resolution",
    why=told_by(__doc__),
)


def reopen_rate(tally: Tally) -> Rate:
    """The share of what was handled that its reporter found not fixed."""
    return FIGURE.of(tally)
