"""What each page costs who comes for the first time: `python -m tests.browser.weights` prints it for every sample."""

import asyncio
import gzip
import sys
from collections import Counter
from dataclasses import dataclass, field, replace

from playwright.async_api import Browser, BrowserContext, Response, async_playwright

from tests.browser.conftest import ARGUMENTS, chromium_path
from tests.browser.serving import PHONE, address_of, look, served
from tests.unit.web.sample_pages import PAGES

WEIGHED = ("document", "stylesheet", "script")
HEAD = f"{'html':>9}{'css':>9}{'js':>9}{'all':>9}{'gzip':>9}{'n':>5}"


@dataclass(slots=True)
class Weight:
    """Of a page, by its address until it is called otherwise: bytes by kind, as they are and as gzip makes them."""

    page: str
    bytes_of: Counter[str] = field(default_factory=Counter)
    gzipped: int = 0
    requests: int = 0

    def __str__(self) -> str:
        each = "".join(f"{self.bytes_of[what]:>9}" for what in WEIGHED)
        return f"{each}{sum(self.bytes_of.values()):>9}{self.gzipped:>9}{self.requests:>5}  {self.page}"


async def weigh(context: BrowserContext, address: str) -> Weight:
    """Come to a page with nothing kept from before. Photos are what people sent; they are not counted."""
    page, came = await context.new_page(), list[Response]()
    page.on("response", lambda response: came.append(response))
    await page.goto(address, wait_until="load")
    weight = Weight(page.url)
    for response in came:
        what = response.request.resource_type
        if what in WEIGHED and response.ok:
            body = await response.body()
            weight.bytes_of[what] += len(body)
            weight.gzipped += len(gzip.compress(body, 6))
            weight.requests += 1
    await page.close()
    return weight


async def weights_of_samples(browser: Browser, origin: str) -> list[Weight]:
    """Every sample page in Chinese on a phone, the heaviest first."""
    weighed = []
    for name in PAGES:
        context = await browser.new_context(viewport={"width": PHONE, "height": 760}, locale="zh-CN")
        weighed.append(replace(await weigh(context, origin + address_of(name)), page=name))
        await context.close()
    return sorted(weighed, key=lambda weight: weight.gzipped, reverse=True)


async def main() -> None:
    """The table."""
    async with served(look()) as origin, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        weighed = await weights_of_samples(browser, origin)
        sys.stdout.write("\n".join([HEAD, *map(str, weighed), ""]))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
