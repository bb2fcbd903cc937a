"""Repeat reports 重复反映率 = reports within 30 days of another from the same place ÷ received.

A place whose trouble comes back shows here, whatever its category. The first report of a place repeats nothing; one
that was merged into another afterwards does. Source: docs/domain.md, "repeat reports at one place within 30 days".
"""

from services.reporting.domain.definition import Part, RateDefinition, told_by
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from shared.contracts.directory import Name

FIGURE = RateDefinition(
    id="repeat_reports",
    name=Name(zh="重复反映率", en="repeat reports"),
    formula="repeats within 30 days ÷ received",
    numerator=Part(
        words="received in the period, at most 30 days after another ticket of the same place",
        names=("repeat_reports",),
    ),
    denominator=Part(words="tickets received in the period", names=("received",)),
    exclusions="Tickets without a place; those split off another. What a follow-up found back is a report of its own.",
    period="the report",
    why=told_by(__doc__),
)


def repeat_reports(tally: Tally) -> Rate:
    """The share of reports that came again from one place."""
    return FIGURE.of(tally)
