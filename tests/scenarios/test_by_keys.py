"""A dispatcher whose mouse is broken: from the door through the list to a whistle and back, by keys alone."""

import pytest
from playwright.async_api import Page

from tests.browser.conftest import PageAt
from tests.browser.keys import stand, tab_to, unseen
from tests.scenarios.town import OWN_PASSWORD, Town

DISPATCHER = "grid-dispatcher-1"
WORDS = "键盘走查：单元门口的路灯不亮"
TASK = "请到场看一下路灯"


@pytest.mark.long
async def test_a_dispatcher_whistles_and_comes_back_to_the_list_without_a_mouse(town: Town, page_at: PageAt) -> None:
    async with town.resident() as resident:
        await town.case_stands(await town.ticket_id(await resident.report(WORDS)), "assigned")
    page = await page_at(1440)

    await comes_in(page, town)
    await opens(page, "键盘走查")
    refused_at = await whistles(page)
    done = await stand(page)
    stands_on = await page.evaluate("document.activeElement.id")
    told = await page.get_by_text(TASK).first.is_visible()
    await tab_to(page, ".pane-head a", key="Shift+Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".inbox-head")

    assert refused_at == "action-whistle"
    assert done is not None
    assert not unseen(done)
    assert (stands_on, told) == ("done", True)
    assert await page.input_value("#filter-words") == "键盘走查"
    assert await page.get_by_role("link", name=WORDS).is_visible()


async def opens(page: Page, words: str) -> None:
    """The first case of the area's list that these words narrow."""
    await tab_to(page, ".tabs a[href*='show=area']")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".tabs a[href*='show=area'][aria-current]")
    await page.keyboard.press("/")
    await page.keyboard.type(words)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".chips:not(.quick)")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#actions")


async def whistles(page: Page) -> str:
    """To the police, at the second try; where one stands after the first, which named nobody."""
    await to_the_act(page, "whistle")
    await tab_to(page, "#action-whistle [name=task]")
    await page.keyboard.type(TASK)
    await tab_to(page, "#action-whistle button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#action-whistle .notice-danger")
    await page.keyboard.press("Tab")
    refused_at: str = await page.evaluate("document.activeElement.closest('.action')?.id")
    await tab_to(page, "#action-whistle [name=units][value=xinhe-police]")
    await page.keyboard.press("Space")
    await tab_to(page, "#action-whistle button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#done:target")
    return refused_at


async def comes_in(page: Page, town: Town) -> None:
    """Through the door, and with a password of their own."""
    await page.goto(f"{town.platform.origin}/desk")
    await tab_to(page, "[name=account]")
    await page.keyboard.type(DISPATCHER)
    await tab_to(page, "[name=password]")
    await page.keyboard.type(town.passwords[DISPATCHER])
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".inbox-head, [name=password_again]")
    if "first-password" in page.url:
        await tab_to(page, "[name=password]")
        await page.keyboard.type(OWN_PASSWORD)
        await tab_to(page, "[name=password_again]")
        await page.keyboard.type(OWN_PASSWORD)
        await page.keyboard.press("Enter")
        town.passwords[DISPATCHER] = OWN_PASSWORD
    await page.wait_for_selector(".inbox-head")


async def to_the_act(page: Page, act: str) -> None:
    """From act to act by the desk's own key; the likeliest is open already."""
    summary = page.locator(f"#action-{act} > summary")
    while not await summary.evaluate("e => e === document.activeElement"):
        await page.keyboard.press("c")
    if not await page.locator(f"#action-{act}").evaluate("e => e.open"):
        await page.keyboard.press("Enter")
