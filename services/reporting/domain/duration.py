"""How long something took: never without the count of what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """Median, p90 and sum of minutes; none where there is no count."""

    in_working_time: ClassVar[bool] = False

    count: int
    median_minutes: float | None = None
    p90_minutes: float | None = None
    total_minutes: float = 0.0
    # By how many per cent median and p90 are off at most, told by classes of so many; 0 where all were sorted.
    within_percent: float = 0.0


def duration(minutes: Sequence[float]) -> Duration:
    """The figure of these times. The median of an even number is the mean of the middle two."""
    if not minutes:
        return Duration(count=0)
    # Of a year there are millions: sorting what is in order costs a pass.
    ordered = sorted(minutes)
    return Duration(
        count=len(ordered),
        median_minutes=round(float(median(ordered)), 2),
        p90_minutes=round(float(nine_in_ten(ordered)), 2),
        total_minutes=round(float(sum(ordered)), 2),
    )


def nine_in_ten(minutes: Sequence[float]) -> float:
    """The smallest of these that nine in ten do not exceed."""
    ninth_of_ten = -(-9 * len(minutes) // 10)
    return sorted(minutes)[ninth_of_ten - 1]
