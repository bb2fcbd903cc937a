"""Durations: median, p90 and sum, beside the count."""

from services.reporting.domain.duration import Duration, duration


def test_of_nothing_there_is_no_median() -> None:
    assert duration([]) == Duration(count=0)


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    assert duration([1.0, 3.0, 2.0, 10.0]) == Duration(
        count=4, median_minutes=2.5, p90_minutes=10.0, total_minutes=16.0
    )
