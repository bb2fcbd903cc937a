"""Rates: two places, half up, and none of nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.rate import Rate
from tests.unit.reporting.published import PublishedRow, published_rows


@pytest.mark.parametrize("row", [row for row in published_rows() if not row.capped], ids=str)
def test_a_rate_is_rounded_as_cities_print_it(row: PublishedRow) -> None:
    assert Rate(row.numerator, row.denominator).per_cent == row.per_cent


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
