"""Follow-ups kept 回头看完成率 = done by their day ÷ due.

Each occurrence of a follow-up counts once, in the period that its deadline lies in. Who looked and found the trouble
back did it: what is judged is whether somebody looked. Source: docs/domain.md.
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="follow_ups_kept",
    name=Name(zh="回头看按期完成率", en="follow-ups kept"),
    formula="done by the deadline ÷ due",
    numerator=Part(words="of the due, those done by their deadline", names=("follow_up_kept",)),
    denominator=Part(
        words="follow-ups whose deadline lies in the period, each occurrence for itself", names=("follow_up_due",)
    ),
    exclusions="Cancelled before their deadline.",
    period="the follow-up's deadline",
    why=told_by(__doc__),
)


def follow_ups_kept(tally: Tally) -> Rate:
    """The share of follow-ups that were done when they were due."""
    return FIGURE.of(tally)
