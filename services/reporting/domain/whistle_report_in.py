"""Whistle report-in on time 吹哨按时报到率 = reported in by the deadline ÷ called units that had to.

Each call counts once, in the period that its deadline lies in, for the unit that was called; a unit that is asked again
after a refusal has a fresh deadline, and counts anew. Source: docs/domain.md.
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="whistle_report_in",
    name=Name(zh="吹哨按时报到率", en="whistle report-in on time"),
    formula="reported in on time ÷ had to report in",
    numerator=Part(
        words="of those that had to, the calls whose unit reported in by the deadline", names=("reported_in",)
    ),
    denominator=Part(words="calls whose deadline for reporting in lies in the period", names=("called_in",)),
    exclusions="Calls without a clock; those declined, released, taken over or merged away before their deadline.",
    period="the deadline for reporting in",
    why=told_by(__doc__),
)


def whistle_report_in(tally: Tally) -> Rate:
    """The share of called units that were there in time."""
    return FIGURE.of(tally)
