"""On-time closing rate, against what cities printed."""

from decimal import Decimal

import pytest

from services.reporting.domain.on_time_closing_rate import on_time_closing_rate
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from tests.unit.reporting.published import PublishedRow, published


def test_the_published_check_of_tianmen() -> None:
    tally = Tally(closed=911, closed_in_time=737, overdue_open=972 - 911)

    assert on_time_closing_rate(tally).per_cent == Decimal("75.82")


@pytest.mark.parametrize("row", published("按期结案率"), ids=str)
def test_closed_in_time_of_due_to_close_is_what_cities_print(row: PublishedRow) -> None:
    tally = Tally(closed=row.numerator, closed_in_time=row.numerator, overdue_open=row.denominator - row.numerator)

    assert on_time_closing_rate(tally).per_cent == row.per_cent


def test_a_case_without_sla_is_closed_and_never_on_time() -> None:
    tally = Tally(closed=2, closed_in_time=1, closed_without_sla=1)

    assert on_time_closing_rate(tally) == Rate(1, 2)
