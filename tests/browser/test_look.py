"""The pages in a real browser: they fit, a thumb finds what it must press, and nothing is sent twice."""

import asyncio
import contextlib
import io
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal
from uuid import UUID

import pytest
import uvicorn
from _pytest.mark import ParameterSet
from PIL import Image
from playwright.async_api import Browser, FilePayload, Page
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shared.testing.waiting import eventually
from shared.web.problems import PageProblem
from shared.web.security import CsrfProtection, SecurityHeaders
from shared.web.static import shared_assets
from tests.browser.accessibility import barriers
from tests.browser.conftest import PageAt
from tests.unit.web import samples
from tests.unit.web.sample_pages import PAGES, RENDERERS, answer

THUMB_PIXELS_MIN = 48
# A link within running text may be as high as its line; what is pressed to act may not.
PRESSED = "button, input:not([type=hidden]):not([type=radio]), textarea, select, summary, .button, .choice, .tabs a"
TOO_SMALL = """([pressed, least]) => [...document.querySelectorAll(pressed)]
  .filter((e) => e.checkVisibility() && !e.closest(".trap, .hidden-label, .photo-field") && !e.matches(".hidden-label"))
  .filter((e) => e.getBoundingClientRect().height < least)
  .map((e) => e.outerHTML.slice(0, 120))"""
PHONE, DESKTOP = 360, 1440
sent: list[str] = []


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    width: int
    language: str
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"


VIEWS = (
    View(PHONE, "zh", "light"),
    View(DESKTOP, "en", "dark"),
    View(PHONE, "en", "dark"),
    View(DESKTOP, "zh", "light"),
)


def looks() -> Iterator[ParameterSet]:
    """Every page in every view: with the short tests each page in one of them, by turns, the others with the long."""
    for number, name in enumerate(PAGES):
        for view in VIEWS:
            its_turn = view == VIEWS[number % len(VIEWS)]
            yield pytest.param(name, view, id=f"{name}-{view}", marks=() if its_turn else pytest.mark.long)


async def shown(request: Request, name: str) -> Response:
    return answer(request, name)


async def slowly_taken(request: Request) -> Response:
    sent.append(request.url.path)
    await asyncio.sleep(0.3)  # A slow line: long enough for a second tap.
    return PlainTextResponse("taken")


def picture(_: Request) -> Response:
    return Response(b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>", media_type="image/svg+xml")


def told_live(_: Request) -> Response:
    """The second row has changed, the first has not, and one came that is not on the page."""
    ids = (samples.CASE_ID, UUID(int=samples.CASE_ID.int + 1), UUID(int=7))
    versions = (3, 4, 1)
    told = [json.dumps({"case": str(case), "version": version}) for case, version in zip(ids, versions, strict=True)]
    events = "".join(f"event: changed\ndata: {each}\n\n" for each in told)
    return Response(f"retry: 600000\n\n{events}", media_type="text/event-stream")


def look() -> Starlette:
    pages = [Route(f"/{name.replace(' ', '-')}", partial(shown, name=name)) for name in PAGES]
    guard = Middleware(
        CsrfProtection,
        secret=b"a secret",
        now=lambda: samples.NOW,
        refused=lambda request: RENDERERS["intake"].problem(request, PageProblem.FORM_EXPIRED),
    )
    return Starlette(
        routes=[
            *pages,
            Route("/r/{code}", slowly_taken, methods=["POST"]),
            Route("/desk/cases/{id}/photos/{number}", picture),
            Route("/desk/live", told_live),
            shared_assets().route(),
        ],
        middleware=[Middleware(SecurityHeaders), guard],
    )


@pytest.fixture(scope="session")
async def address() -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(look(), log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def visit(page: Page, address: str, name: str, language: str = "zh") -> list[str]:
    """Open a page; what its console says, complaints about the content policy among it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto(f"{address}/{name.replace(' ', '-')}?lang={language}")
    return said


@pytest.mark.parametrize(("name", "view"), [*looks()])
async def test_every_page_fits_is_reached_by_a_thumb_and_has_no_barrier(
    page_at: PageAt, address: str, name: str, view: View
) -> None:
    page = await page_at(view.width)
    await page.emulate_media(color_scheme=view.scheme)

    said = await visit(page, address, name, view.language)

    assert await page.evaluate("document.documentElement.scrollWidth") <= view.width
    assert said == []
    if view.width == PHONE:
        assert await page.evaluate(TOO_SMALL, [PRESSED, THUMB_PIXELS_MIN]) == []
    assert await barriers(page) == []


async def test_a_barrier_would_be_found(page_at: PageAt, address: str) -> None:
    page = await page_at(360)
    await visit(page, address, "report")

    await page.evaluate("document.querySelector('main').append(new Image())")

    assert [found.partition(" ")[0] for found in await barriers(page)] == ["image-alt"]


async def test_an_impatient_second_tap_sends_nothing_twice(page_at: PageAt, address: str) -> None:
    page = await page_at(360)
    await visit(page, address, "report")
    await page.fill("#text", "楼道灯坏了")
    sent.clear()

    await page.evaluate("for (const _ of [1, 2, 3]) document.querySelector('.button-primary').click()")
    await page.wait_for_url("**/r/*")

    assert sent == ["/r/K7MQ2X"]


async def test_without_javascript_the_report_is_sent_too(browser: Browser, address: str) -> None:
    page = await browser.new_page(java_script_enabled=False)
    await visit(page, address, "report")
    await page.fill("#text", "楼道灯坏了")
    sent.clear()

    await page.click(".button-primary")
    await page.wait_for_url("**/r/*")
    await page.close()

    assert sent == ["/r/K7MQ2X"]


async def test_on_a_phone_the_likeliest_act_lies_under_the_thumb(page_at: PageAt, address: str) -> None:
    page = await page_at(360)

    await visit(page, address, "case")
    bar = await page.locator(".thumb-bar").bounding_box()

    assert bar is not None
    assert round(bar["y"] + bar["height"]) == 760


async def test_at_night_the_page_is_dark(page_at: PageAt, address: str) -> None:
    page = await page_at(360)
    await page.emulate_media(color_scheme="dark")

    await visit(page, address, "report")

    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 19)"


async def test_on_a_desktop_the_inbox_is_a_table(page_at: PageAt, address: str) -> None:
    page = await page_at(1440)

    await visit(page, address, "inbox")

    assert await page.locator(".inbox thead").evaluate("e => getComputedStyle(e).position") == "static"
    assert await page.locator(".inbox tbody tr").first.evaluate("e => getComputedStyle(e).display") == "table-row"


async def test_what_changed_is_offered_and_marked_where_it_stands(page_at: PageAt, address: str) -> None:
    page = await page_at(360)

    await visit(page, address, "inbox")
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
    await visit(page, address, "case")
    await page.wait_for_selector(".live-case:not([hidden])")
    words = page.locator("#return-reason")
    await page.click("#action-return > summary")
    await words.fill("换了灯管")

    await page.reload()
    after_leaving = await words.input_value()
    await page.evaluate("document.querySelector('#return-reason').form.requestSubmit()")
    await page.wait_for_url("**/desk/cases/*/*")
    await visit(page, address, "case")
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
        await visit(page, address, name, language)
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        widths[name] = await page.evaluate("document.documentElement.scrollWidth")

    assert {name: width for name, width in widths.items() if width > PHONE} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_on_a_phone_the_desks_bar_is_one_line_and_wraps_with_large_letters(
    page_at: PageAt, address: str, language: str
) -> None:
    page = await page_at(PHONE)
    await visit(page, address, "inbox", language)
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
    await visit(page, address, "report")
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


async def test_keys_go_through_the_list_but_never_while_one_types(page_at: PageAt, address: str) -> None:
    page = await page_at(1440)
    await visit(page, address, "inbox")
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


@pytest.mark.parametrize(("width", "panes"), [(360, 1), (1099, 1), (1100, 2)])
async def test_a_case_has_its_list_beside_it_where_both_are_legible(
    page_at: PageAt, address: str, width: int, panes: int
) -> None:
    page = await page_at(width)

    await visit(page, address, "case beside its list")

    shown = [await page.locator(part).is_visible() for part in (".pane", ".case")]
    assert shown == [panes == 2, True]
