"""The pages in a real browser: they fit, a thumb finds what it must press, and nothing is sent twice."""

import io
from collections.abc import Iterator
from itertools import cycle
from uuid import UUID

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload

from services.case_states import SITUATIONS
from shared.testing.waiting import eventually
from shared.web.problems import PageProblem
from tests.browser.accessibility import barriers
from tests.browser.conftest import PageAt
from tests.browser.serving import PHONE, THUMB_PIXELS_MIN, VIEWS, View, address_in, address_of, amiss, sent, visit
from tests.browser.weights import weights_of_samples
from tests.unit.web import samples
from tests.unit.web.case_samples import pages_in
from tests.unit.web.sample_pages import PAGES

# What 256 kbit/s bring in a second.
GZIPPED_BYTES_MAX = 32_000


def looks() -> Iterator[object]:
    """Every page in every view: with the short tests each page in one of them, by turns, the others with the long."""
    for number, name in enumerate(PAGES):
        for view in VIEWS:
            its_turn = view == VIEWS[number % len(VIEWS)]
            yield pytest.param(name, view, id=f"{name}-{view}", marks=() if its_turn else pytest.mark.long)


@pytest.mark.parametrize(("name", "view"), [*looks()])
async def test_every_page_fits_is_reached_by_a_thumb_and_has_no_barrier(
    page_at: PageAt, address: str, name: str, view: View
) -> None:
    page = await page_at(view.width)

    assert await amiss(page, address + address_of(name), view) == {}


@pytest.mark.long
@pytest.mark.parametrize("situation", SITUATIONS)
async def test_a_case_in_every_situation_has_no_barrier_for_any_member(
    page_at: PageAt, address: str, situation: str
) -> None:
    found = {}

    for who, view in zip(pages_in(situation), cycle(VIEWS)):
        page = await page_at(view.width)
        found[who, str(view)] = await amiss(page, address + address_in(situation, who), view)

    assert {seen: each for seen, each in found.items() if each} == {}


@pytest.mark.long
@pytest.mark.parametrize("whose", ["/desk/problems/", "/problems/"])
async def test_every_refusal_that_is_a_page_has_no_barrier(page_at: PageAt, address: str, whose: str) -> None:
    found = {}

    for problem, view in zip(PageProblem, cycle(VIEWS)):
        page = await page_at(view.width)
        found[problem, str(view)] = await amiss(page, f"{address}{whose}{problem}", view)

    assert {seen: each for seen, each in found.items() if each} == {}


async def test_a_barrier_would_be_found(page_at: PageAt, address: str) -> None:
    page = await page_at(360)
    await visit(page, address + address_of("report"))

    await page.evaluate("document.querySelector('main').append(new Image())")

    assert [found.partition(" ")[0] for found in await barriers(page)] == ["image-alt"]


async def test_an_impatient_second_tap_sends_nothing_twice(page_at: PageAt, address: str) -> None:
    page = await page_at(360)
    await visit(page, address + address_of("report"))
    await page.fill("#text", "楼道灯坏了")
    sent.clear()

    await page.evaluate("for (const _ of [1, 2, 3]) document.querySelector('.button-primary').click()")
    await page.wait_for_url("**/r/*")

    assert sent == ["/r/K7MQ2X"]


async def test_without_javascript_the_report_is_sent_too(browser: Browser, address: str) -> None:
    page = await browser.new_page(java_script_enabled=False)
    await visit(page, address + address_of("report"))
    await page.fill("#text", "楼道灯坏了")
    sent.clear()

    await page.click(".button-primary")
    await page.wait_for_url("**/r/*")
    await page.close()

    assert sent == ["/r/K7MQ2X"]


async def test_on_a_phone_the_likeliest_act_lies_under_the_thumb(page_at: PageAt, address: str) -> None:
    page = await page_at(360)

    await visit(page, address + address_of("case"))
    bar = await page.locator(".thumb-bar").bounding_box()

    assert bar is not None
    assert round(bar["y"] + bar["height"]) == 760


async def test_at_night_the_page_is_dark(page_at: PageAt, address: str) -> None:
    page = await page_at(360)
    await page.emulate_media(color_scheme="dark")

    await visit(page, address + address_of("report"))

    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 19)"


async def test_on_a_desktop_the_inbox_is_a_table(page_at: PageAt, address: str) -> None:
    page = await page_at(1440)

    await visit(page, address + address_of("inbox"))

    assert await page.locator(".inbox thead").evaluate("e => getComputedStyle(e).position") == "static"
    assert await page.locator(".inbox tbody tr").first.evaluate("e => getComputedStyle(e).display") == "table-row"


async def test_what_changed_is_offered_and_marked_where_it_stands(page_at: PageAt, address: str) -> None:
    page = await page_at(360)

    await visit(page, address + address_of("inbox"))
    await page.wait_for_selector(".live:not([hidden])")

    assert await page.inner_text(".live-show") == "2 条新办件或变化 · 显示"
    assert await page.locator("tr.changed").count() == 1
    marked = await page.get_attribute("tr.changed", "data-case")
    assert marked == str(UUID(int=samples.CASE_ID.int + 1))


@pytest.mark.long
async def test_an_open_case_tells_of_a_change_over_the_page_and_keeps_what_was_typed_until_it_is_done(
    page_at: PageAt, address: str
) -> None:
    page = await page_at(360)
    await visit(page, address + address_of("case"))
    await page.wait_for_selector(".live-case:not([hidden])")
    words = page.locator("#return-reason")
    await page.click("#action-return > summary")
    await words.fill("换了灯管")

    await page.reload()
    after_leaving = await words.input_value()
    await page.evaluate("document.querySelector('#return-reason').form.requestSubmit()")
    await page.wait_for_url("**/desk/cases/*/*")
    await visit(page, address + address_of("case"))
    after_refusal = await words.input_value()
    await page.evaluate("location.hash = 'done'")
    await page.reload()

    assert (after_leaving, after_refusal, await words.input_value()) == ("换了灯管", "换了灯管", "")
    assert await page.locator(".live-case").evaluate("e => getComputedStyle(e).position") == "fixed"
    assert await page.locator("#done").is_visible()


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_on_a_phone_with_letters_of_twice_the_size_nothing_sticks_out(
    page_at: PageAt, address: str, language: str
) -> None:
    page, widths = await page_at(PHONE), {}

    for name in PAGES:
        await visit(page, address + address_of(name), language)
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        widths[name] = await page.evaluate("document.documentElement.scrollWidth")

    assert {name: width for name, width in widths.items() if width > PHONE} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_on_a_phone_the_desks_bar_is_one_line_and_wraps_with_large_letters(
    page_at: PageAt, address: str, language: str
) -> None:
    page = await page_at(PHONE)
    await visit(page, address + address_of("inbox"), language)
    bar = page.locator(".top-in")

    usual = await bar.evaluate("e => e.offsetHeight")
    await page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert usual < 2 * THUMB_PIXELS_MIN < await bar.evaluate("e => e.offsetHeight")
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE


@pytest.mark.long
async def test_a_photo_is_made_small_before_it_is_sent_and_what_is_no_photo_is_left_as_it_is(
    page_at: PageAt, address: str
) -> None:
    page = await page_at(360)
    await visit(page, address + address_of("report"))
    large = io.BytesIO()
    Image.effect_noise((3000, 4000), 60).convert("RGB").save(large, "JPEG", quality=95)
    chosen = page.locator("#photos")

    await chosen.set_input_files(FilePayload(name="IMG_1.jpg", mimeType="image/jpeg", buffer=large.getvalue()))

    async def is_small() -> bool:
        return bool(await chosen.evaluate("e => e.files[0].name === 'photo.jpg'"))

    await eventually(is_small)
    sizes = await chosen.evaluate("e => createImageBitmap(e.files[0]).then((drawn) => [drawn.width, drawn.height])")
    sent = await chosen.evaluate("e => e.files[0].size")
    await chosen.set_input_files(FilePayload(name="a.pdf", mimeType="application/pdf", buffer=b"%PDF" * 500_000))

    assert sizes == [1920, 2560]
    assert sent < len(large.getvalue()) / 2
    assert await chosen.evaluate("e => [e.files[0].name, e.files[0].size]") == ["a.pdf", 2_000_000]


@pytest.mark.parametrize(("width", "panes"), [(360, 1), (1099, 1), (1100, 2)])
async def test_a_case_has_its_list_beside_it_where_both_are_legible(
    page_at: PageAt, address: str, width: int, panes: int
) -> None:
    page = await page_at(width)

    await visit(page, address + address_of("case beside its list"))

    shown = [await page.locator(part).is_visible() for part in (".pane", ".case")]
    assert shown == [panes == 2, True]


@pytest.mark.long
async def test_no_page_weighs_more_than_a_slow_line_brings_in_a_second(browser: Browser, address: str) -> None:
    weighed = await weights_of_samples(browser, address)

    assert {weight.page: weight.gzipped for weight in weighed if weight.gzipped > GZIPPED_BYTES_MAX} == {}
    assert all(weight.bytes_of["document"] for weight in weighed)
