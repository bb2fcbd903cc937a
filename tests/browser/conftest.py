"""A real browser for the pages' tests: Chromium, where there is one; skipped loudly without one, never in CI."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.serving import look, served

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE_HEIGHT = 760
DESKTOP_HEIGHT = 900
DESKTOP_FROM = 1024

PageAt = Callable[[int], Awaitable[Page]]


def chromium_path() -> str | None:
    """What `CHROMIUM_PATH` names, else what is installed."""
    named = os.environ.get("CHROMIUM_PATH")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one the test is skipped and counted, in CI it fails."""
    path = chromium_path()
    if path:
        return path
    reason = "no Chromium: install the package `chromium`, or set CHROMIUM_PATH; pages were NOT tried in a browser"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser for the whole run; each page has a context, and so cookies, of its own."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture(scope="session")
async def address() -> AsyncIterator[str]:
    """Where the sample pages are."""
    async with served(look()) as origin:
        yield origin


@pytest.fixture
async def page_at(browser: Browser) -> AsyncIterator[PageAt]:
    """`page = await page_at(360)`: an empty page of this width, Chinese, closed after the test."""
    contexts: list[BrowserContext] = []

    async def opened(width: int) -> Page:
        height = DESKTOP_HEIGHT if width >= DESKTOP_FROM else PHONE_HEIGHT
        context = await browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        contexts.append(context)
        return await context.new_page()

    yield opened
    for context in contexts:
        await context.close()
