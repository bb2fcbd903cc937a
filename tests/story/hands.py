"""How people use a page: with a thumb, or with nothing but the keyboard."""

from dataclasses import dataclass, field
from typing import Protocol

from playwright.async_api import FilePayload, Locator

TABS_MAX = 200
IS_FOCUSED = "element => element === document.activeElement"
# Whoever has no mouse must see where they are.
SHOWS_FOCUS = """element => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


class Hands(Protocol):
    """What one does with something on a page."""

    async def press(self, what: Locator) -> None:
        """A button, a link, a head that opens."""

    async def write(self, where: Locator, words: str) -> None:
        """Words into a field."""

    async def give(self, where: Locator, picture: FilePayload) -> None:
        """A photo."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """On a phone's glass."""

    async def press(self, what: Locator) -> None:
        """Tap."""
        await what.click()

    async def write(self, where: Locator, words: str) -> None:
        """Type."""
        await where.fill(words)

    async def give(self, where: Locator, picture: FilePayload) -> None:
        """Choose."""
        await where.set_input_files(picture)


@dataclass(frozen=True, slots=True)
class Keys:
    """Tab, Enter and letters; `tabs` is how often Tab was pressed on the way to each thing."""

    tabs: dict[str, int] = field(default_factory=dict)

    async def press(self, what: Locator) -> None:
        """Enter."""
        await self._reach(what)
        await what.page.keyboard.press("Enter")

    async def write(self, where: Locator, words: str) -> None:
        """Letters."""
        await self._reach(where)
        await where.page.keyboard.insert_text(words)

    async def give(self, where: Locator, picture: FilePayload) -> None:
        """Tab comes to the field; the choice of files is the device's own, and no page's."""
        await self._reach(where)
        await where.set_input_files(picture)

    async def _reach(self, what: Locator) -> None:
        name = " ".join((await what.evaluate("e => e.labels?.[0]?.innerText || e.innerText || e.name")).split())
        for count in range(1, TABS_MAX):
            if await what.evaluate(IS_FOCUSED):
                break
            await what.page.keyboard.press("Tab")
            self.tabs[name] = max(count, self.tabs.get(name, 0))
        else:
            raise AssertionError(f"Tab never comes to {name}")
        assert await what.evaluate(SHOWS_FOCUS), f"nobody sees that {name} has the focus"


THUMB = Thumb()
