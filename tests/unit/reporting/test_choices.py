"""What a reader of the figures is offered beside what they look at."""

from datetime import UTC, date, datetime

import pytest

from services.reporting.config import Bounds
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.rate import Rate
from services.reporting.pages.choices import filters_of
from services.reporting.pages.groups import Words, chart_of
from services.reporting.pages.views import GroupShown
from shared.directory import Directory
from shared.web.catalogues import load_catalogues, raise_missing

NOW = datetime(2026, 5, 20, tzinfo=UTC)
NEWEST = ["2026-05", "2026-04", "2026-03"]
WORDS = Words("zh", load_catalogues("reporting", on_missing=raise_missing)["zh"].say)


@pytest.mark.parametrize(
    ("period", "months"),
    [
        (Period.of_month(2026, 5), NEWEST),
        (Period.of_month(2025, 4), [*NEWEST, "2025-05", "2025-04", "2025-03"]),
        (Period.of_month(2026, 3), [*NEWEST, "2026-02"]),
        (Period.of_month(2000, 1), [*NEWEST, "2000-02", "2000-01"]),
        (Period(date(2025, 4, 2), date(2025, 4, 9)), NEWEST),
    ],
)
def test_the_newest_months_are_offered_and_the_one_that_is_looked_at_with_its_neighbours(
    period: Period, months: list[str]
) -> None:
    offered = filters_of(Question(period=period), None, directory=Directory(), now=NOW, bounds=Bounds()).months

    assert [month for month, _ in offered] == months


def test_a_month_in_which_nothing_was_keeps_its_place_in_the_chart() -> None:
    spring = Question(period=Period(date(2026, 1, 1), date(2026, 5, 1)), by=By.MONTH)
    groups = [
        GroupShown(label=label, value=Rate(9, 10), ranked=True, numerator=None, denominator=None, beside=())
        for label in ("2026-01", "2026-04")
    ]

    chart = chart_of(groups, spring, WORDS, NOW)

    assert chart is not None
    assert [(mark.label, mark.point.value) for mark in chart.marks] == [
        ("2026-01", 90.0),
        ("2026-02", None),
        ("2026-03", None),
        ("2026-04", 90.0),
    ]
