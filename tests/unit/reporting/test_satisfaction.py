"""Satisfaction, and how many answered at all."""

from services.reporting.domain.feedback_coverage import feedback_coverage
from services.reporting.domain.rate import Rate
from services.reporting.domain.satisfaction import satisfaction
from services.reporting.domain.tally import Tally


def test_so_so_is_rated_and_not_satisfied() -> None:
    # One satisfied, one so-so.
    assert satisfaction(Tally(rated=2, satisfied=1)) == Rate(1, 2)


def test_nobody_rated_is_no_score() -> None:
    assert satisfaction(Tally(closed=5)).per_cent is None


def test_coverage_is_of_those_who_were_asked() -> None:
    assert feedback_coverage(Tally(closed=9, asked=4, answered_when_asked=3, rated=9)) == Rate(3, 4)
