"""Rework rate."""

from services.reporting.domain.rate import Rate
from services.reporting.domain.rework_rate import rework_rate
from services.reporting.domain.tally import Tally


def test_failed_verifications_count_among_the_due_to_close() -> None:
    assert rework_rate(Tally(closed=8, overdue_open=2, reworked=1)) == Rate(1, 10)
