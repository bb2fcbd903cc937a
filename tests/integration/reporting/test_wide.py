"""Figures that no sums tell: narrowed or told apart by two things at once."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from services.reporting.app import create_app
from services.reporting.domain.apart import Apart
from services.reporting.domain.grouping import By
from services.reporting.domain.question import Question
from services.reporting.queries.answers import answer
from services.reporting.queries.counting import counting
from services.reporting.queries.turns import Turns
from shared.contracts.directory import AreaLevel
from tests.integration.reporting.conftest import NOW, Town
from tests.integration.reporting.random_stories import eventful_stories
from tests.integration.reporting.stories import AREA, PLACE, Story
from tests.integration.reporting.test_figures import APRIL
from tests.integration.reporting.test_moved import moved, publish
from tests.integration.reporting.test_times import YEAR, both_ways, until_timed

WIDE = {"from": "2026-04-01", "to": "2026-05-01", "by": "unit", "category": "order"}


def hasty(town: Town, *, within_s: float) -> Town:
    """The same service, by which such a question may take no longer."""
    config = town.reporting.config.model_copy(update={"wide_within_s": within_s})
    turns = Turns(asyncio.Semaphore(config.wide_at_once), config.wide_within_s)
    reporting = replace(town.reporting, config=config, turns=turns)
    return replace(town, reporting=reporting, app=create_app(reporting))


async def test_groups_of_one_category_are_as_many_as_the_tickets_behind_them(town: Town) -> None:
    await town.tell(*eventful_stories(14, 40), Story(place=PLACE), Story(place="P2", category="greening"))
    await publish(town, *moved())

    told = await town.figures(by="area", level="grid", category="order")

    assert {each["key"] for each in told["groups"]} == {"grid-2"}
    for area in ("grid-2", "grid"):
        narrowed = {"from": "2026-04-01", "to": "2026-05-01", "category": "order", "area": area}
        behind = (await town.ask_behind("received", **narrowed)).json()["total"]
        assert sum(each["figures"]["received"] for each in told["groups"] if each["key"] == area) == behind
        assert (await town.figures(category="order", area=area))["total"]["received"] == behind


@pytest.mark.parametrize(
    "question",
    [
        Question(period=YEAR, by=By.AREA, level=AreaLevel.ESTATE, category="order"),
        Question(period=YEAR, by=By.MONTH, area="grid", category="order"),
        Question(period=YEAR, by=By.UNIT, channel="qr"),
    ],
    ids=["by area", "by month", "by unit"],
)
async def test_times_by_classes_are_at_most_two_percent_from_the_sorted(town: Town, question: Question) -> None:
    await town.tell(*eventful_stories(15, 30))
    await until_timed(town)

    exact, told = await both_ways(town, question)

    for one, other in zip(exact, told, strict=True):
        assert other.stage_close.count == one.stage_close.count
        total = one.stage_close.total_minutes or 0.0
        assert (other.stage_close.total_minutes or 0.0) == pytest.approx(total, abs=0.02)
        median = one.stage_close.median_minutes or 0.0
        assert (other.stage_close.median_minutes or 0.0) == pytest.approx(median, rel=0.02, abs=0.02)
        assert other.first_response.count == one.first_response.count
        assert other.handling_rate == one.handling_rate
    assert exact[0].stage_close.count > 0
    assert exact[0].first_response.count > 0
    assert told[0].stage_close.within_percent == 2.0


async def test_narrowing_to_the_whole_district_is_no_second_thing_where_everything_lies_in_it(town: Town) -> None:
    await town.tell(*eventful_stories(16, 20))
    directory = await town.reporting.directory.current()
    smaller = replace(directory, areas={k: v for k, v in directory.areas.items() if k != AREA}, places={})
    everywhere = Question(period=APRIL, by=By.CATEGORY, area="district")

    async with town.reporting.runtime.pool.acquire() as connection:
        by_sums = await counting(connection, directory, everywhere, [APRIL], NOW)
        by_facts = await counting(connection, smaller, everywhere, [APRIL], NOW)
        whole = await answer(connection, directory, Question(period=APRIL, by=By.CATEGORY), NOW)
        narrowed = await answer(connection, directory, everywhere, NOW)
        nothing = await answer(connection, smaller, everywhere, NOW)

    assert by_sums.told_by == ("category", None)
    assert isinstance(by_facts.told_by, Apart)
    assert (narrowed.total, narrowed.groups) == (whole.total, whole.groups)
    assert (whole.total.received > 0, nothing.total.received) == (True, 0)


async def test_what_takes_too_long_is_refused_whole_with_what_to_ask_instead(town: Town) -> None:
    await town.tell(Story().handled())
    short = hasty(town, within_s=0.05)
    await short.figures()
    other = await asyncpg.connect(town.reporting.runtime.ground.database_url)

    async with other.transaction():
        await other.execute("LOCK TABLE reporting_figures.facts IN ACCESS EXCLUSIVE MODE")
        refused = [await short.ask(**WIDE), await short.asked("/api/v1/figures/received", WIDE)]
        page = await short.page("/received", **WIDE)
    await other.close()

    assert [each.status_code for each in (*refused, page)] == [422, 422, 422]
    assert {each.json()["type"] for each in refused} == {"/problems/too-much-at-once"}
    assert "shorter period" in refused[0].json()["remedy"]
    assert "That is too much at once" in page.text
    assert (await short.ask(**WIDE)).json()["total"]["received"] == 1


async def test_who_finds_all_turns_taken_is_told_so_and_what_sums_tell_is_told_meanwhile(town: Town) -> None:
    await town.tell(Story().handled())
    short = hasty(town, within_s=0.01)
    while not short.reporting.turns.free.locked():
        await short.reporting.turns.free.acquire()

    refused, page = await short.ask(**WIDE), await short.page("/received", **WIDE)
    told = await short.ask(**{name: value for name, value in WIDE.items() if name != "category"})

    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/others-ask-much")
    assert refused.headers["retry-after"] == "5"
    assert (page.status_code, "Others ask for much right now" in page.text) == (429, True)
    assert (told.status_code, told.json()["total"]["received"]) == (200, 1)
