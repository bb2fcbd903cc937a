"""Going through a page by its keys: where the focus stands, and whether one sees it."""

from collections.abc import AsyncIterator

from playwright.async_api import Page

STOPS_MAX = 200
# A date's button to its calendar is the browser's own, and so is the ring around that.
WHERE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const ring = getComputedStyle(e);
  const is_the_browsers_own = !e.matches(":focus");
  const shows = ([x, y]) => {
    const above = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return above && (e.contains(above) || above.contains(e));
  };
  return {
    name: (e.innerText || e.name || e.id || e.tagName).trim().slice(0, 40),
    ringed: is_the_browsers_own || ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2,
    in_view: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    covered: ![[0.1, 0.2], [0.5, 0.2], [0.9, 0.2], [0.1, 0.8], [0.5, 0.8], [0.9, 0.8]].some(shows),
  };
}"""


async def stand(page: Page) -> dict[str, object] | None:
    """Where the focus is; none where it is nowhere."""
    found: dict[str, object] | None = await page.evaluate(WHERE)
    return found


async def stops(page: Page, *, key: str = "Tab") -> AsyncIterator[dict[str, object]]:
    """Each place that Tab, or another key, leads to, until it leaves the page."""
    for _ in range(STOPS_MAX):
        await page.keyboard.press(key)
        found = await stand(page)
        if found is None:
            return
        yield found
    raise AssertionError("the keys do not lead out of the page")


def unseen(stop: dict[str, object]) -> bool:
    """Whether somebody who goes by keys would lose sight of where they are."""
    return not stop["ringed"] or not stop["in_view"] or bool(stop["covered"])


async def tab_to(page: Page, wanted: str, *, key: str = "Tab") -> None:
    """Tab until the focus stands on what this selector names; whoever goes there sees each place on the way."""
    async for stop in stops(page, key=key):
        assert not unseen(stop), stop
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"no key leads to {wanted}")
