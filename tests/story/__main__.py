"""Both stories, at everybody's phone in a real browser and then by the JSON interface: what `make story` runs.

Each time on a platform of its own: fresh tables and topics, the pilot's district as it is, four services as `yima up`
composes them. Only its clock is the story's: it begins on a Tuesday evening and is moved on where the story says so.
"""

import asyncio
import logging as standard_logging
import os
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import typer
from playwright.async_api import Browser, async_playwright

from services.cli.terminal import show
from shared.embedded.kafka import EmbeddedKafka
from shared.embedded.postgres import EmbeddedPostgres
from shared.kernel import logging
from shared.testing.databases import new_database
from shared.web.wording import SHANGHAI
from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.weights import HEAD
from tests.scenarios.conftest import SETTINGS, opened_town
from tests.scenarios.town import Town
from tests.story import boxed_in_car, fire_lane
from tests.story.at_interface import Programs
from tests.story.at_pages import WITHOUT_A_MOUSE, Phones
from tests.story.ledger import Difference, Ledger, as_a_heap, differences, of_stream
from tests.story.pictures import Pictures
from tests.story.stage import Scene, Stage, played
from tests.story.steps import Step

STORIES = (fire_lane.STORY, boxed_in_car.STORY)
FOLDER = Path(__file__).parents[2] / "build" / "story"
NO_CHROMIUM = (
    "✗ 没有找到 Chromium：安装 chromium，或设 CHROMIUM_PATH · no Chromium found: install it, or set CHROMIUM_PATH"
)
AT_THE_PAGES = "手机页面 · at the pages, in Chromium"
AT_THE_INTERFACE = "JSON 接口 · by the JSON interface"


@asynccontextmanager
async def stores() -> AsyncIterator[tuple[EmbeddedPostgres, EmbeddedKafka]]:
    """PostgreSQL and Kafka in a folder that is new; what a killed run left there is stopped first."""
    home = FOLDER / "platform"
    postgres, kafka = EmbeddedPostgres(home / "postgres", report=show), EmbeddedKafka(home / "kafka", report=show)
    await asyncio.gather(postgres.kill(), kafka.kill())
    await asyncio.to_thread(shutil.rmtree, FOLDER, ignore_errors=True)
    await asyncio.to_thread(home.mkdir, parents=True)
    try:
        await asyncio.gather(postgres.start(), kafka.start())
        yield postgres, kafka
    finally:
        await asyncio.gather(postgres.kill(), kafka.kill())
        await asyncio.to_thread(shutil.rmtree, home)


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """One browser; everybody in the story has a context of their own in it."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        await started.close()


@asynccontextmanager
async def new_town(postgres: EmbeddedPostgres, kafka: EmbeddedKafka, log: Path) -> AsyncIterator[Town]:
    """A town in whose log nothing stands but its district."""
    dsn = await new_database(postgres, {})
    home = FOLDER / "platform" / urlsplit(dsn).path[1:]
    home.mkdir()
    async with opened_town(dsn, kafka.bootstrap, home, log) as town:
        yield town


async def play(town: Town, way: str, stage: Stage) -> list[Difference]:
    """Play both; say each step with what it wrote, then each stream, then what differs from what the stories say."""
    ledger, scenes = await Ledger.opened(town), [Scene(town, story) for story in STORIES]
    for scene in scenes:
        say(f"\n══ {scene.story.title} — {way}\n")
        number = 0
        async for step in played(scene, stage):
            number += 1
            await say_step(number, step, ledger)
        say(f"\n── 时间线 · the timeline, as {scene.story.told_to} is told it\n")
        for line in await stage.timeline(scene, scene.story.told_to):
            say(f"   {line}")
    await say_streams(ledger, scenes)
    return await differences(ledger, scenes)


async def say_pages(phones: Phones) -> list[Difference]:
    """What the pages themselves were like: axe-core and the window's width in every state, Tab, weights."""
    say("\n── axe-core: 不合 · violations / 看过的状态 · states looked at\n")
    for line in phones.inspection.table():
        say(line)
    say(f"\n── 只用键盘的人 · by keyboard alone ({', '.join(WITHOUT_A_MOUSE)}): Tab 次数 · presses of Tab\n")
    for name, tabs in phones.keys.tabs.items():
        say(f"  {tabs:>3}  {name}")
    say(f"\n── 页面字节 · bytes of each page, first visit, without photos\n\n{HEAD}")
    for weight in await phones.weights():
        say(str(weight))
    said = [line for person in phones.complaints.values() for line in person]
    return as_a_heap("pages", [], [*phones.inspection.all_amiss(), *said])


async def say_step(number: int, step: Step, ledger: Ledger) -> None:
    """What happened, who did it, and which events that brought about."""
    at, person = ledger.town.clock.now().astimezone(SHANGHAI), getattr(step, "person", "")
    say(f"{number:>3}  {at:%m-%d %H:%M}  {step.told}{f'  〔{person}〕' if person else ''}")
    for logged in await ledger.news():
        if logged.service != "notify":
            say(f"          ↳ {logged.service:<8} {logged.type}")
    for template, to in step.messages:
        say(f"          ✉ {template} → {to}")


async def say_streams(ledger: Ledger, scenes: Sequence[Scene]) -> None:
    """The log itself, stream by stream."""
    logged = await ledger.read()
    for scene in scenes:
        for stream in (scene.ticket_stream, scene.case_stream):
            say(f"\n── {scene.story.name}: {stream} ({len(of_stream(logged, stream))})\n")
            for number, each in enumerate((each for each in logged if each.stream == stream), 1):
                say(f"  {number:>3}  {each}")
    messages = {each.stream for each in logged if each.service == "notify"}
    say(f"\n── notify: {len(messages)} messages, {sum(each.service == 'notify' for each in logged)} events")


async def main() -> int:
    """Both ways; 1 if anything differs."""
    path = chromium_path()
    if path is None:
        say(NO_CHROMIUM)
        return 1
    os.environ.update(SETTINGS)
    found: dict[str, list[Difference]] = {}
    async with stores() as (postgres, kafka), chromium(path) as browser:
        pictures = Pictures(FOLDER)
        log = _log_to(FOLDER / "platform.log")

        async with new_town(postgres, kafka, log) as town, AsyncExitStack() as closing:
            phones = Phones(town, browser, pictures, closing)
            found[AT_THE_PAGES] = [*await play(town, AT_THE_PAGES, phones), *await say_pages(phones)]
        async with new_town(postgres, kafka, log) as town, AsyncExitStack() as closing:
            found[AT_THE_INTERFACE] = await play(town, AT_THE_INTERFACE, Programs(town, closing))
        index = await pictures.finish()
    say(f"\n图 · pictures: {index.relative_to(Path.cwd())}")
    return say_verdict(found)


def say_verdict(found: dict[str, list[Difference]]) -> int:
    """What was expected and is not there (-), what is there and was not expected (+)."""
    for way, differing in found.items():
        say(f"{'✗' if differing else '✓'} {way}: {len(differing)} 处不同 · differences from what the stories say")
        for each in differing:
            say(str(each))
    return 1 if any(found.values()) else 0


def _log_to(path: Path) -> Path:
    """What the platform itself writes to its log stays out of the story."""
    file = path.open("w", buffering=1, encoding="utf-8")
    logging.configure(to=file)
    structlog.configure(cache_logger_on_first_use=False)
    standard_logging.getLogger().addHandler(standard_logging.StreamHandler(file))
    return path


def say(line: str) -> None:
    """A line for whoever looks on."""
    typer.echo(line)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
