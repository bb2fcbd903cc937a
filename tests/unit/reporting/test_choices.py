"""What a reader of the figures is offered beside what they look at."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reporting.config import Bounds
from services.reporting.domain.grouping import By
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.domain.rate import Rate
from services.reporting.pages.choices import filters_of
from services.reporting.pages.groups import Words, chart_of
from services.reporting.pages.views import GroupShown
from shared.contracts.directory import AreaDefined, AreaLevel, CategoryDefined, Name, UnitDefined
from shared.directory import Directory
from shared.web.catalogues import load_catalogues, raise_missing

NOW = datetime(2026, 5, 20, tzinfo=UTC)
NEW, OLD = Name(zh="新", en="new"), Name(zh="旧", en="old")


def area(id_: str, name: Name, *, retired: bool = False) -> AreaDefined:
    level = AreaLevel.DISTRICT
    return AreaDefined(at=NOW, id=id_, edition=1, name=name, level=level, parent=None, path=(id_,), retired=retired)


def category(id_: str, name: Name, *, retired: bool = False) -> CategoryDefined:
    return CategoryDefined(at=NOW, id=id_, edition=1, name=name, retired=retired)


def unit(id_: str, name: Name, *, retired: bool = False) -> UnitDefined:
    return UnitDefined(at=NOW, id=id_, edition=1, name=name, area="new", calendar="always", retired=retired)


RETIRED = Directory(
    areas={"new": area("new", NEW), "old": area("old", OLD, retired=True)},
    categories={"new": category("new", NEW), "old": category("old", OLD, retired=True)},
    units={"new": unit("new", NEW), "old": unit("old", OLD, retired=True)},
)
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


@pytest.mark.parametrize("kind", ["area", "category", "unit"])
def test_what_is_retired_is_offered_only_where_it_is_asked_about(kind: str) -> None:
    def offered(asked: str | None) -> list[str]:
        narrowed: dict[str, Any] = {kind: asked}
        question = Question(period=Period.of_month(2026, 5), **narrowed)
        filters = filters_of(question, None, directory=RETIRED, now=NOW, bounds=Bounds())
        return [
            each.id for each in {"area": filters.areas, "category": filters.categories, "unit": filters.units}[kind]
        ]

    assert (offered(None), offered("old")) == (["new"], ["new", "old"])


def test_a_unit_that_was_never_defined_stands_in_the_form_by_its_id_while_it_is_asked_about() -> None:
    question = Question(period=Period.of_month(2026, 5), unit="imported")

    units = filters_of(question, None, directory=RETIRED, now=NOW, bounds=Bounds()).units

    assert [(each.id, each.name.zh) for each in units] == [("new", "新"), ("imported", "imported")]


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
