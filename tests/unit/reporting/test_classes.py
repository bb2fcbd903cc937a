"""Times told by classes are within the bound that stands beside them."""

from collections import Counter
from math import ceil, log

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.classes import (
    GROWTH,
    INSTANT,
    WITHIN_PERCENT,
    Cell,
    classed,
    duration_by_classes,
    first_response_by_classes,
)
from services.reporting.domain.duration import Duration, duration
from services.reporting.domain.first_response import FirstResponse, first_response

LENGTHS = st.lists(st.floats(min_value=0, max_value=600_000), min_size=1, max_size=60)
# Two decimals of both, and the hundredth of a minute below which nothing is told.
ROUNDED = 0.02


def class_of(minutes: float) -> int:
    """As `reporting_figures.class_of` has it; test_times.py holds that it does."""
    return INSTANT if minutes <= 0.01 else ceil(log(minutes) / log(GROWTH))


def cell_of(lengths: list[float], sign: int = 1) -> Cell:
    counts = dict(sorted(Counter(class_of(each) for each in lengths).items()))
    total = sum(round(each * 60_000) for each in lengths)
    return Cell(sign=sign, classes=[*counts], counts=[*counts.values()], milliseconds=total)


def near(told: float | None, exact: float | None, rounded: float) -> bool:
    assert told is not None
    assert exact is not None
    return abs(told - exact) <= exact * WITHIN_PERCENT / 100 + rounded


@given(LENGTHS, LENGTHS)
def test_median_and_p90_are_within_the_bound_and_the_rest_is_exact(some: list[float], others: list[float]) -> None:
    exact = duration([*some, *others])

    told = duration_by_classes(classed([cell_of(some), cell_of(others)]))

    assert told.within_percent == WITHIN_PERCENT
    assert told.count == exact.count
    assert near(told.median_minutes, exact.median_minutes, ROUNDED)
    assert near(told.p90_minutes, exact.p90_minutes, ROUNDED)
    assert abs(told.total_minutes - exact.total_minutes) < ROUNDED


@given(st.lists(st.integers(min_value=0, max_value=20_000), min_size=1, max_size=60))
def test_waiting_times_are_within_the_bound_and_whole_minutes(minutes: list[int]) -> None:
    exact = first_response(minutes)

    told = first_response_by_classes(classed([cell_of([float(each) for each in minutes])]))

    assert told.count == exact.count
    assert near(told.median_minutes, exact.median_minutes, 0.5)
    assert near(told.p90_minutes, exact.p90_minutes, 0.5)
    if max(minutes) < 25:
        assert (told.median_minutes, told.p90_minutes) == (exact.median_minutes, exact.p90_minutes)


@given(LENGTHS, LENGTHS)
def test_what_is_taken_away_is_as_if_it_had_never_been(some: list[float], others: list[float]) -> None:
    told = classed([cell_of([*some, *others]), cell_of(others, sign=-1)])

    assert duration_by_classes(told) == duration_by_classes(classed([cell_of(some)]))


def test_of_nothing_nothing_is_told() -> None:
    nothing = classed([cell_of([5.0]), cell_of([5.0], sign=-1)])

    assert duration_by_classes(nothing) == Duration(count=0)
    assert first_response_by_classes(nothing) == FirstResponse(count=0)
