"""Time lost in returns 退单耗时: how long cases lay with units that gave them back, by the unit that did.

From the assignment to the return, round the clock; their sum is what the reporters waited for nothing.
Source: docs/domain.md.
"""

from services.reporting.domain.definition import DurationDefinition, Part, told_by
from shared.contracts.directory import Name

FIGURE = DurationDefinition(
    id="returned",
    name=Name(zh="退单耗时", en="time lost in returns"),
    formula="from the assignment of a unit to its return of the case",
    numerator=Part(words="returns in the period, for the unit that returned", names=("returned",)),
    exclusions="Cases that were passed on by others: a transfer is no return.",
    period="the return",
    why=told_by(__doc__),
)
