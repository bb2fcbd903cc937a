"""Rates: two places, half up, and none of nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.rate import Interval, Rate
from tests.unit.reporting.published import PublishedRow, published_rows


@pytest.mark.parametrize("row", [row for row in published_rows() if not row.capped], ids=str)
def test_a_rate_is_rounded_as_cities_print_it(row: PublishedRow) -> None:
    assert Rate(row.numerator, row.denominator).per_cent == row.per_cent


@pytest.mark.parametrize("row", [row for row in published_rows() if row.capped], ids=str)
def test_a_circular_that_prints_no_more_than_100_is_met_by_the_cap(row: PublishedRow) -> None:
    assert Rate(row.numerator, row.denominator).capped == row.per_cent


def test_what_is_below_100_is_not_capped() -> None:
    assert (Rate(1, 2).capped, Rate(0, 0).capped) == (Decimal("50.00"), None)


def test_the_rows_are_all_there() -> None:
    rows = published_rows()

    assert (len(rows), sum(row.capped for row in rows)) == (51, 4)


def test_a_half_is_rounded_up() -> None:
    assert Rate(1, 800).per_cent == Decimal("0.13")


def test_of_nothing_there_is_no_rate() -> None:
    assert Rate(0, 0).per_cent is None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_share_lies_between_0_and_100(part: int, rest: int) -> None:
    per_cent = Rate(part, part + rest).per_cent

    assert per_cent is None or 0 <= per_cent <= 100


@pytest.mark.parametrize(
    ("rate", "low", "high"),
    [
        (Rate(911, 972), 92.02, 95.08),
        (Rate(9, 10), 59.58, 98.21),
        (Rate(0, 10), 0.0, 27.75),
        (Rate(10, 10), 72.25, 100.0),
    ],
)
def test_the_wilson_interval_is_wide_where_there_are_few(rate: Rate, low: float, high: float) -> None:
    assert rate.interval == Interval(low, high)


@pytest.mark.parametrize("rate", [Rate(0, 0), Rate(5, 1), Rate(-18, 12120)])
def test_what_is_no_share_has_no_interval(rate: Rate) -> None:
    assert rate.interval is None


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_interval_holds_the_share(part: int, rest: int) -> None:
    interval, per_cent = Rate(part, part + rest).interval, Rate(part, part + rest).per_cent

    assert interval is None or (per_cent is not None and interval.low <= float(per_cent) + 0.01)
    assert interval is None or (per_cent is not None and float(per_cent) - 0.01 <= interval.high)
