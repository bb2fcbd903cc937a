"""The desk by its keys alone: through the list, over the acts of a case, and never while one types."""

import pytest

from tests.browser.conftest import PageAt
from tests.browser.keys import stops, unseen
from tests.browser.serving import DESKTOP, PHONE, address_of, visit
from tests.unit.web.sample_pages import PAGES

CHOSEN = "document.querySelectorAll('.at-pick [name=cases]:checked').length"
FOCUSED_ACT = "[...document.querySelectorAll('.action > summary')].indexOf(document.activeElement)"


async def test_keys_go_through_the_list_but_never_while_one_types(page_at: PageAt, address: str) -> None:
    page = await page_at(DESKTOP)
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


async def test_one_key_chooses_all_of_the_page_and_lets_them_go_again(page_at: PageAt, address: str) -> None:
    page = await page_at(DESKTOP)
    await visit(page, address + address_of("inbox"))
    rows = await page.locator(".inbox tbody tr").count()
    all_of_them, told = page.locator(".pick-all"), page.locator(".bulk-bar .count")

    await page.keyboard.press("a")
    chosen = (await page.evaluate(CHOSEN), await all_of_them.is_checked(), await told.inner_text())
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    one_let_go = (await page.evaluate(CHOSEN), await all_of_them.evaluate("e => e.indeterminate"))
    await page.keyboard.press("a")
    again = await page.evaluate(CHOSEN)
    await page.keyboard.press("a")

    assert chosen == (rows, True, str(rows))
    assert (one_let_go, again) == ((rows - 1, True), rows)
    assert (await page.evaluate(CHOSEN), await told.is_visible()) == (0, False)


async def test_who_may_not_act_on_several_has_no_key_for_it(page_at: PageAt, address: str) -> None:
    page = await page_at(DESKTOP)
    await visit(page, address + address_of("case beside its list"))

    await page.keyboard.press("?")

    assert await page.locator("dialog.keys kbd").all_inner_texts() == ["j", "k", "Enter", "c", "/", "?"]


async def test_one_key_goes_from_act_to_act_and_enter_opens_it(page_at: PageAt, address: str) -> None:
    page = await page_at(DESKTOP)
    await visit(page, address + address_of("case beside its list"))
    acts = await page.locator(".action > summary").count()

    stood_at = []
    for _ in range(acts + 1):
        await page.keyboard.press("c")
        stood_at.append(await page.evaluate(FOCUSED_ACT))
    await page.keyboard.press("c")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("cj")

    assert stood_at == [*range(acts), 0]
    assert await page.locator("#action-note").evaluate("e => e.open")
    assert await page.locator("#action-note textarea").input_value() == "cj"


@pytest.mark.long
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
async def test_tab_leads_through_every_page_and_out_of_it_and_one_always_sees_where(
    page_at: PageAt, address: str, width: int
) -> None:
    lost = []

    for name in PAGES:
        page = await page_at(width)
        await visit(page, address + address_of(name))
        lost += [(name, stop) async for stop in stops(page) if unseen(stop)]
        await page.close()

    assert lost == []
