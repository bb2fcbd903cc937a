"""What axe-core finds amiss on a page in the browser: the rules of WCAG 2.2 A and AA, and its best practices."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

# `target-size` is off unless its tag is named.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def barriers(page: Page) -> list[str]:
    """Each violation with the elements that have it; none for a page that everybody can use."""
    found = await Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
