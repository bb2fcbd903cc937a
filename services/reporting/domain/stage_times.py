"""Time per stage 各环节用时: how long cases stood in each stage that they left in the period, median and p90.

Minutes run round the clock, as the reporter lives them, and time that a case was suspended is in them; first response
is the figure of working minutes. A stage that a case walks through again (rework, reopened) counts again. What follows
another case is nobody's work, and takes nobody any time. Source: docs/domain.md.
"""

from services.reporting.domain.definition import DurationDefinition, Part, told_by
from shared.contracts.directory import Name

NOTHING_OF_MERGED = "Stages that a merged case walks through after it was merged."

ACCEPT = DurationDefinition(
    id="stage_accept",
    name=Name(zh="接单用时", en="time to accept"),
    formula="from the report to the first acceptance",
    numerator=Part(words="cases accepted for the first time in the period", names=("stage_accept",)),
    exclusions=NOTHING_OF_MERGED,
    period="the acceptance",
    why=told_by(__doc__),
)
RESOLVE = DurationDefinition(
    id="stage_resolve",
    name=Name(zh="处置用时", en="time to resolve"),
    formula="from the last assignment, acceptance, failed verification or reopening to the resolution after it",
    numerator=Part(words="resolutions in the period", names=("stage_resolve",)),
    exclusions=NOTHING_OF_MERGED,
    period="the resolution",
)
VERIFY = DurationDefinition(
    id="stage_verify",
    name=Name(zh="核查用时", en="time to verify"),
    formula="from the resolution to the verification that passes or fails it",
    numerator=Part(words="verifications in the period, for the unit whose work is verified", names=("stage_verify",)),
    exclusions=NOTHING_OF_MERGED,
    period="the verification",
)
CLOSE = DurationDefinition(
    id="stage_close",
    name=Name(zh="结单用时", en="time to close"),
    formula="from the last verification, or the resolution where none was asked, to the closing",
    numerator=Part(words="closings in the period", names=("stage_close",)),
    exclusions=NOTHING_OF_MERGED,
    period="the closing",
)
STAGES = (ACCEPT, RESOLVE, VERIFY, CLOSE)
