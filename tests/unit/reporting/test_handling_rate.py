"""Handling rate."""

from services.reporting.domain.handling_rate import handling_rate
from services.reporting.domain.rate import Rate
from services.reporting.domain.tally import Tally


def test_the_pilot_month_was_handled_whole() -> None:
    assert str(handling_rate(Tally(received=47, handled=47)).per_cent) == "100.00"


def test_what_is_overdue_and_unhandled_counts_against_it() -> None:
    assert handling_rate(Tally(handled=3, overdue_unhandled=1, open=9)) == Rate(3, 4)
