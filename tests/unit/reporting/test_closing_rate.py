"""Closing rate, against what cities printed."""

from decimal import Decimal

import pytest

from services.reporting.domain.closing_rate import closing_rate
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally
from tests.unit.reporting.published import PublishedRow, published


def test_the_published_check_of_tianmen() -> None:
    tally = Tally(closed=911, overdue_open=972 - 911)

    assert closing_rate(tally).per_cent == Decimal("93.72")


@pytest.mark.parametrize("row", published("结案率"), ids=str)
def test_closed_of_due_to_close_is_what_cities_print(row: PublishedRow) -> None:
    tally = Tally(closed=row.numerator, overdue_open=row.denominator - row.numerator)

    assert closing_rate(tally).per_cent == row.per_cent


def test_what_is_open_and_still_in_time_is_not_due() -> None:
    tally = Tally(closed=3, overdue_open=1, open=7)

    assert closing_rate(tally) == Rate(3, 4)


def test_more_closed_than_was_due_is_no_more_than_all() -> None:
    # 苍梧物业 closed 5 with 1 due, and its circular caps at 100: with us what is closed was due, so no cap is needed.
    assert closing_rate(Tally(closed=5)) == Rate(5, 5)
