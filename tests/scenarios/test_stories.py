"""Both stories of the pilot, played to their ends; every event of theirs is in the log, and nothing else is."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser

from shared.testing.databases import NewDatabase
from tests.scenarios.conftest import opened_town
from tests.scenarios.town import Town
from tests.story import boxed_in_car, fire_lane
from tests.story.at_interface import Programs
from tests.story.at_pages import Phones
from tests.story.ledger import Ledger, differences
from tests.story.pictures import Pictures
from tests.story.stage import Scene, Stage, played

STORIES = (fire_lane.STORY, boxed_in_car.STORY)


@pytest.fixture
async def new_town(
    settings: pytest.MonkeyPatch,  # noqa: ARG001 - it must be set before.
    lasting_database: NewDatabase,
    kafka_bootstrap: str,
    log: Path,
    tmp_path: Path,
) -> AsyncIterator[Town]:
    """A town in whose log nothing stands but its district."""
    async with opened_town(await lasting_database(), kafka_bootstrap, tmp_path, log) as town:
        yield town


@pytest.mark.long
async def test_both_stories_by_the_interface_bring_about_what_they_say_and_nothing_else(new_town: Town) -> None:
    ledger = await Ledger.opened(new_town)
    async with AsyncExitStack() as closing:
        scenes = await to_the_end(new_town, Programs(new_town, closing))

    found = await differences(ledger, scenes)

    assert found == [], "\n".join(map(str, found))


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_both_stories_at_everybodys_phone_bring_about_what_they_say_and_nothing_else(
    new_town: Town, browser: Browser, tmp_path: Path
) -> None:
    ledger, pictures = await Ledger.opened(new_town), Pictures(tmp_path)
    async with AsyncExitStack() as closing:
        phones = Phones(new_town, browser, pictures, closing)
        scenes = await to_the_end(new_town, phones)

    found = await differences(ledger, scenes)

    assert found == [], "\n".join(map(str, found))
    assert phones.inspection.all_amiss() == []
    assert [said for person in phones.complaints.values() for said in person] == []


async def to_the_end(town: Town, stage: Stage) -> list[Scene]:
    scenes = [Scene(town, story) for story in STORIES]
    for scene in scenes:
        async for _ in played(scene, stage):
            pass
    return scenes
