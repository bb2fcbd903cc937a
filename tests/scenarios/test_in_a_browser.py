"""From the scan to the verified fix as people see it: a phone in the street, a screen at the committee's desk."""

import re

from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import PageAt
from tests.scenarios.photos import photo
from tests.scenarios.town import EAST_GATE, OWN_PASSWORD, Town

WORDS = "东门外消防通道停了一辆货车，挡住了半边"


async def test_a_resident_and_the_committee_walk_through_their_pages(town: Town, page_at: PageAt) -> None:
    phone, screen = await page_at(360), await page_at(1440)
    complaints = [listen(phone), listen(screen)]

    await reports(phone, town)
    await expect(phone.get_by_text("春和居委会").first).to_be_visible()
    await signs_in(screen, town, "committee-lead-2")
    await screen.get_by_role("link", name=WORDS).click()
    await screen.get_by_role("button", name="接单").first.click()
    await screen.get_by_label("做了什么？").fill("已请司机挪车")
    await screen.get_by_role("button", name="提交，等待核查").click()
    await expect(screen.get_by_text("待核查").first).to_be_visible()
    await sees(phone, "等待核查")
    await phone.get_by_role("link", name="English").click()

    await expect(phone.get_by_role("heading", level=1)).to_contain_text("Chunhe residents' committee")
    assert [await wider_than_its_window(page) for page in (phone, screen)] == [False, False]
    assert complaints == [[], []]


async def reports(phone: Page, town: Town) -> None:
    """Scan, write, attach a photo, send; then follow the receipt's link until a unit has it."""
    await phone.goto(f"{town.platform.origin}/r/{EAST_GATE}")
    await phone.get_by_label("出了什么事？").fill(WORDS)
    name, content, kind = photo()[1]
    await phone.locator("input[type=file]").set_input_files(FilePayload(name=name, mimeType=kind, buffer=content))
    await phone.get_by_label("手机号").fill("10000001081")
    await phone.get_by_role("button", name="提交").click()
    await phone.locator(".receipt-number").wait_for()
    await phone.locator(".button-primary").click()
    await sees(phone, "已经交给")


async def sees(page: Page, words: str) -> None:
    """Reload until the page says so: between services all is eventual."""
    while not await page.get_by_text(re.compile(words)).count():
        await page.reload()


async def signs_in(screen: Page, town: Town, person: str) -> None:
    """At the desk's door; at the first time with a password to be changed."""
    await screen.goto(f"{town.platform.origin}/desk")
    await screen.locator("[name=account]").fill(person)
    await screen.locator("[name=password]").fill(town.passwords[person])
    await screen.locator("main button").click()
    if "first-password" in screen.url:
        await screen.locator("[name=password]").fill(OWN_PASSWORD)
        await screen.locator("[name=password_again]").fill(OWN_PASSWORD)
        await screen.locator("main button").click()
        town.passwords[person] = OWN_PASSWORD


def listen(page: Page) -> list[str]:
    """What the browser's console complains of."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


async def wider_than_its_window(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))
