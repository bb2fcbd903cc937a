"""How long things took, by classes: how many are of each, so that a median needs no list of all.

A class is of what took from one length to 1.02 / 0.98 times as long; told is the length in it from which none is more
than 2 % away. The classes are made by `reporting_figures.class_of`, from which sums are kept as from facts.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from services.reporting.domain.duration import Duration
from services.reporting.domain.first_response import FirstResponse

WITHIN_PERCENT = 2.0
GROWTH = (100 + WITHIN_PERCENT) / (100 - WITHIN_PERCENT)
# What took no more than a hundredth of a minute is told as nothing.
INSTANT = -200
# So many are sorted one by one: by classes it would be no quicker.
SORTED_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many lengths are of each class, in order, added to others or (`sign` -1) taken from them."""

    sign: int
    classes: Sequence[int]
    counts: Sequence[int]
    milliseconds: int

    def __neg__(self) -> "Cell":
        return Cell(sign=-self.sign, classes=self.classes, counts=self.counts, milliseconds=self.milliseconds)


@dataclass(frozen=True, slots=True)
class Classed:
    """Several cells together: classes in order, and how many lengths there are up to the end of each."""

    classes: Sequence[int]
    up_to: Sequence[int]
    milliseconds: int

    @property
    def count(self) -> int:
        """How many lengths there are."""
        return self.up_to[-1] if self.up_to else 0

    def at(self, rank: int) -> float:
        """The length that comes so many after the shortest."""
        return minutes_of(self.classes[bisect_right(self.up_to, rank)])


def minutes_of(class_: int) -> float:
    """The length that is told of a class."""
    upper: float = GROWTH**class_
    return 0.0 if class_ == INSTANT else 2 * upper / (GROWTH + 1)


def classed(cells: Sequence[Cell]) -> Classed:
    """All of these together. Of a year by area there are a hundred thousand classes in them, so that each counts."""
    told = [cell for cell in cells if cell.classes]
    milliseconds = sum([cell.sign * cell.milliseconds for cell in cells])
    if len(told) == 1 and told[0].sign == 1:
        return Classed(told[0].classes, list(accumulate(told[0].counts)), milliseconds)
    first = min((cell.classes[0] for cell in told), default=0)
    counts = [0] * (max((cell.classes[-1] for cell in told), default=-1) - first + 1)
    for cell in told:
        sign = cell.sign
        for class_, count in zip(cell.classes, cell.counts, strict=True):
            counts[class_ - first] += sign * count
    return Classed(range(first, first + len(counts)), list(accumulate(counts)), milliseconds)


NO_CLASSES = classed(())


def duration_by_classes(told: Classed) -> Duration:
    """The figure of these times, told as an exact one is: the median of an even number is the mean of two."""
    count = told.count
    if not count:
        return Duration(count=0)
    return Duration(
        count=count,
        median_minutes=round((told.at((count - 1) // 2) + told.at(count // 2)) / 2, 2),
        p90_minutes=round(told.at(nine_in_ten_rank(count)), 2),
        total_minutes=round(told.milliseconds / 60_000, 2),
        within_percent=WITHIN_PERCENT,
    )


def first_response_by_classes(told: Classed) -> FirstResponse:
    """The same of waiting times, which are whole minutes: those below 25 have a class each, and are told exactly."""
    count = told.count
    if not count:
        return FirstResponse(count=0)
    return FirstResponse(
        count=count,
        median_minutes=(round(told.at((count - 1) // 2)) + round(told.at(count // 2))) / 2,
        p90_minutes=round(told.at(nine_in_ten_rank(count))),
        within_percent=WITHIN_PERCENT,
    )


def nine_in_ten_rank(count: int) -> int:
    """How many come before the smallest that nine in ten do not exceed."""
    return -(-9 * count // 10) - 1


Cells = Mapping[str, Sequence[Cell]]
