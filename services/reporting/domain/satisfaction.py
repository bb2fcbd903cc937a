"""Satisfaction 满意率 = satisfied ÷ rated, next to feedback coverage = rated ÷ asked; never a score without its count.

Satisfaction goes by the time of the rating. Coverage follows those who were asked: whose case was closed in the period
and whose message about it was sent on its way, and who of them has answered by its end, so that it can not exceed
100 %. Who left no phone was not asked, nor was anybody of imported history; their answers count for satisfaction
alone.
A "not fixed" afterwards is no rating: it reopens the case, and the rating stands until the reporter gives another.
So-so (一般) is rated and not satisfied. Source: docs/domain.md; 12345 visit-back practice.
"""

from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


def satisfaction(tally: Tally) -> Rate:
    """The share of the answers that say satisfied."""
    return Rate(tally.satisfied, tally.rated)


def feedback_coverage(tally: Tally) -> Rate:
    """The share of those who were asked that answered."""
    return Rate(tally.answered, tally.asked)
