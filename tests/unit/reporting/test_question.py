"""A question asks for what was published of a month, for one group of that, or for something else."""

from datetime import date

import pytest

from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from shared.contracts.directory import AreaLevel

APRIL = Question(period=Period.of_month(2026, 4))
HALF = Period(date(2026, 4, 1), date(2026, 4, 16))


@pytest.mark.parametrize(
    "question",
    [
        APRIL,
        Question(period=APRIL.period, by=By.UNIT),
        Question(period=APRIL.period, by=By.AREA),
        Question(period=APRIL.period, by=By.UNIT, level=AreaLevel.COMMUNITY),
    ],
)
def test_the_whole_and_its_circulars_groups_are_published(question: Question) -> None:
    assert question.is_published
    assert question.published_group is None


@pytest.mark.parametrize(
    ("question", "group"),
    [
        (Question(period=APRIL.period, unit="property"), (By.UNIT, "property")),
        (Question(period=APRIL.period, category="order"), (By.CATEGORY, "order")),
        (Question(period=APRIL.period, area="chunhe"), (By.AREA, "chunhe")),
    ],
)
def test_one_of_those_groups_alone_is_that_group(question: Question, group: tuple[By, str]) -> None:
    assert question.published_group == group
    assert not question.is_published


@pytest.mark.parametrize(
    "question",
    [
        Question(period=HALF, unit="property"),
        Question(period=APRIL.period, channel="qr"),
        Question(period=APRIL.period, unit="property", category="order"),
        Question(period=APRIL.period, unit="property", by=By.CATEGORY),
        Question(period=APRIL.period, unit="property", tree=Tree.THEN),
        Question(period=APRIL.period, by=By.AREA, level=AreaLevel.TOWN),
        Question(period=APRIL.period, by=By.URGENCY),
    ],
)
def test_what_is_asked_otherwise_was_not_published(question: Question) -> None:
    assert not question.is_published
    assert question.published_group is None
