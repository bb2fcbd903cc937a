"""The desk by its keys alone: through the list, over the acts of a case, and never while one types."""

from tests.browser.conftest import PageAt
from tests.browser.serving import address_of, visit


async def test_keys_go_through_the_list_but_never_while_one_types(page_at: PageAt, address: str) -> None:
    page = await page_at(1440)
    await visit(page, address + address_of("inbox"))
    focused = "[...document.querySelectorAll('.row-link')].indexOf(document.activeElement)"

    steps = []
    for key in ("j", "j", "k"):
        await page.keyboard.press(key)
        steps.append(await page.evaluate(focused))
    await page.keyboard.press("x")
    chosen = await page.locator("tr:has(:focus) .at-pick :checked").count()
    await page.keyboard.press("/")
    await page.keyboard.type("jx?k")
    typed = await page.input_value("#filter-words")
    helped_while_typing = await page.locator("dialog.keys[open]").count()
    await page.locator("h1").click()
    await page.keyboard.press("?")

    assert (steps, typed, helped_while_typing) == ([0, 1, 0], "jx?k", 0)
    assert (chosen, await page.locator(".at-pick :checked").count()) == (1, 1)
    assert await page.locator("dialog.keys[open]").count() == 1
