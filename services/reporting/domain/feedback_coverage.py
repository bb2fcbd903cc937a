"""Feedback coverage 回访覆盖率 = answered ÷ asked: the count beside which satisfaction is read.

It follows those who were asked: whose case was closed in the period and whose message about it was sent on its way,
and who of them has answered by its end, so that it can not exceed 100 %. What is answered after the end of the month
of the closing is in no month's numerator, and counts for satisfaction in the month of the answer. Who left no phone was
not asked, nor was anybody of imported history; their answers count for satisfaction alone.
Source: docs/domain.md; 12345 visit-back practice.
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="feedback_coverage",
    name=Name(zh="回访覆盖率", en="feedback coverage"),
    formula="answered ÷ asked",
    numerator=Part(
        words="of the asked, those who answered this closing by the period's end", names=("answered_when_asked",)
    ),
    denominator=Part(
        words="closed in the period, still closed at its end, and the reporter's message about it was sent on its way",
        names=("asked",),
    ),
    exclusions="Who left no phone, and imported history: nobody asked them.",
    period="the last closing",
    source="docs/domain.md; 12345 visit-back practice",
    why=told_by(__doc__),
)


def feedback_coverage(tally: Tally) -> Rate:
    """The share of those who were asked that answered."""
    return FIGURE.of(tally)
