"""A figure by itself is what it is among the others, however it is told."""

from dataclasses import replace
from typing import Any

import pytest

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.grouping import By
from services.reporting.domain.question import Question
from services.reporting.domain.values import value_of
from services.reporting.queries.answers import answer
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import Story
from tests.integration.reporting.test_command import yima
from tests.integration.reporting.test_times import YEAR, until_timed


def among(figures: dict[str, Any], figure: str) -> object:
    """A figure as it stands in the answer about all."""
    return figures[figure] if figure in figures else figures["backlog"][figure]


async def test_each_figure_by_itself_is_what_it_is_among_all_of_them(town: Town) -> None:
    await town.tell(*eventful_stories(9, 25))
    for question in ({}, {"by": "area"}, {"by": "month"}, {"by": "category", "area": "grid"}, {"by": "unit"}):
        everything = await town.figures(**question)

        for figure in FIGURES:
            alone = await town.figure(figure, **question)

            assert alone["figure"] == figure
            assert alone["value"] == among(everything["total"], figure)
            assert [(each["key"], each["value"]) for each in alone["groups"]] == [
                (each["key"], among(each["figures"], figure)) for each in everything["groups"]
            ]
        assert everything["groups"] or not question


@pytest.mark.parametrize("sorted_max", [None, 0], ids=["sorted", "by classes"])
async def test_so_is_what_takes_time_whichever_way_it_is_told(town: Town, sorted_max: int | None) -> None:
    await town.tell(*eventful_stories(10, 20))
    await until_timed(town)
    directory = await town.reporting.directory.current()

    async with town.reporting.runtime.pool.acquire() as connection:
        for by in (None, By.AREA, By.MONTH, By.UNIT):
            asked = Question(period=YEAR, by=by, sorted_max=sorted_max)
            everything = await answer(connection, directory, asked, NOW)
            for figure in FIGURES.values():
                alone = await answer(connection, directory, replace(asked, figure=figure), NOW)

                for whole, part in zip(
                    [everything.total, *(each.figures for each in everything.groups)],
                    [alone.total, *(each.figures for each in alone.groups)],
                    strict=True,
                ):
                    assert value_of(part, figure.id) == value_of(whole, figure.id), (by, figure.id)
            assert everything.total.stage_accept.within_percent == (2.0 if sorted_max == 0 else 0.0)


async def test_what_was_published_of_a_figure_stands_beside_it(town: Town) -> None:
    await town.tell(Story().handled(), Story())
    await yima(town, "kpi", "--month", "2026-04", "--publish")
    await town.tell(Story(resolve_by=None).handled())

    closing = await town.figure("closing_rate", by="category")
    satisfied = await town.figure("satisfaction")
    narrowed = await town.figure("closing_rate", unit="property")
    on_time = await town.figure("on_time_closing_rate", by="unit")

    assert closing["published"]["value"]["denominator"] == 2
    assert closing["value"]["denominator"] == 3
    assert closing["published"]["is_corrected"]
    assert [each["value"]["denominator"] for each in closing["published"]["groups"]] == [2]
    assert not satisfied["published"]["is_corrected"]
    assert narrowed["published"]["value"]["denominator"] == 2
    assert closing["beside"] == {}
    assert on_time["beside"] == {"closed_without_sla": 1}
    assert on_time["groups"][0]["beside"] == {"closed_without_sla": 1}
    assert on_time["published"]["beside"] == {"closed_without_sla": 0}


async def test_a_figure_that_there_is_not_is_refused_with_where_to_look(town: Town) -> None:
    refused = await town.asked("/api/v1/figures/happiness", {"from": "2026-04-01", "to": "2026-05-01"})

    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "figure", "reason": "is no figure", "remedy": "Take a name from docs/figures.md."}
    ]
