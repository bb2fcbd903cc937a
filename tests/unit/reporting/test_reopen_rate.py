"""Reopen rate."""

from services.reporting.domain.rate import Rate
from services.reporting.domain.reopen_rate import reopen_rate
from services.reporting.domain.tally import Tally


def test_reopened_counts_among_the_handled() -> None:
    assert reopen_rate(Tally(handled=8, reopened=2)) == Rate(2, 8)
