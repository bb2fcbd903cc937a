"""Satisfaction 满意率 = satisfied ÷ rated; never a score without its count.

It goes by the time of the rating; a reporter's last answer in the period counts. A "not fixed" afterwards is no rating:
it reopens the case, and the rating stands until the reporter gives another. So-so (一般) is rated and not satisfied. A
rating that arrives before the news of the closing that it rates counts all the same: it is placed by its own time.
Source: docs/domain.md; 12345 visit-back practice.
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="satisfaction",
    name=Name(zh="满意率", en="satisfaction"),
    formula="satisfied ÷ rated",
    numerator=Part(words="of the rated, those whose answer is satisfied", names=("satisfied",)),
    denominator=Part(
        words="reporters whose newest answer by the period's end was given in the period", names=("rated",)
    ),
    exclusions="Answers replaced by a later one before the period's end; those to what was withdrawn.",
    period="the rating",
    source="docs/domain.md; 12345 visit-back practice",
    why=told_by(__doc__),
)


def satisfaction(tally: Tally) -> Rate:
    """The share of the answers that say satisfied."""
    return FIGURE.of(tally)
