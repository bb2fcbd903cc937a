"""What is amiss with the pages of a story in the states that they really come to, and how heavy they are."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from playwright.async_api import Page

from tests.browser.accessibility import barriers
from tests.scenarios.test_in_a_browser import wider_than_its_window

KINDS = (
    (r"/desk/sign-in", "登录 · sign in"),
    (r"/desk/first-password", "改首次密码 · first password"),
    (r"/desk/cases/", "办件 · case"),
    (r"/desk", "工作台 · inbox"),
    (r"/r/", "反映 · report"),
    (r"/t/", "收到编号、进展 · receipt, status"),
)


def kind_of(address: str) -> str:
    """Which of the pages it is."""
    return next((kind for path, kind in KINDS if re.search(path, address)), address)


@dataclass(slots=True)
class Inspection:
    """Every state that was pictured: how many of each page, and what axe-core or the window found amiss."""

    looked_at: Counter[str] = field(default_factory=Counter)
    amiss: dict[str, list[str]] = field(default_factory=dict)

    async def look(self, page: Page, told: str) -> None:
        """The page as it is now."""
        kind = kind_of(page.url)
        self.looked_at[kind] += 1
        found = self.amiss.setdefault(kind, [])
        found += [f"{told}: {barrier}" for barrier in await barriers(page)]
        if await wider_than_its_window(page):
            found.append(f"{told}: wider than its window")

    def table(self) -> Iterable[str]:
        """Line by line."""
        for kind, count in self.looked_at.most_common():
            yield f"  {len(self.amiss[kind]):>3} / {count:>3}  {kind}"

    def all_amiss(self) -> list[str]:
        """Everything, page by page."""
        return [f"{kind}: {each}" for kind, found in self.amiss.items() for each in found]
