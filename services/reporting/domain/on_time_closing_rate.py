"""On-time closing rate 按时结案率 = closed in time ÷ 应结案.

In time is resolved by its first deadline, or a later one that the grid granted, whatever rework got. A case that was
merged into another is judged by the earlier of both deadlines, and is closed in time only if that one is. A case
without SLA has no deadline to keep: it is closed, never on time, and how many there are is said beside the rate.
Source: docs/domain.md; 天门 数字城管 2016-12 publishes 737 of 972 = 75.82 %.
"""

from services.reporting.domain.definition import DUE_TO_CLOSE, MERGED, Definition, Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

WITHOUT_SLA = Definition(
    id="closed_without_sla",
    name=Name(zh="无时限结案", en="closed without a deadline"),
    formula="cases due to close that were closed and can never be on time, since nothing was promised",
    numerator=Part(
        words="closed in the period, still closed at its end, and without SLA", names=("closed_without_sla",)
    ),
    exclusions="None.",
    period="the last closing",
)
FIGURE = RateDefinition(
    id="on_time_closing_rate",
    name=Name(zh="按时结案率", en="on-time closing rate"),
    formula="closed in time ÷ 应结案",
    numerator=Part(
        words="closed in the period, still closed at its end, and resolved by the deadline that it is judged by",
        names=("closed_in_time",),
    ),
    denominator=DUE_TO_CLOSE,
    exclusions=f"As for the closing rate; no SLA is never on time. {MERGED}",
    period="the last closing; the period's end for what is overdue",
    source="docs/domain.md; 天门 数字城管 2016-12 publishes 737 of 972 = 75.82 %",
    why=told_by(__doc__),
    beside=(WITHOUT_SLA.id,),
)


def on_time_closing_rate(tally: Tally) -> Rate:
    """The share of what had to be closed that was closed in time."""
    return FIGURE.of(tally)
