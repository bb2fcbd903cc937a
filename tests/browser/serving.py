"""Every sample page at an address of its own, and how a page is looked at and what is amiss with it."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal
from urllib.parse import quote
from uuid import UUID

import uvicorn
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shared.web.problems import PageProblem
from shared.web.security import CsrfProtection, SecurityHeaders
from shared.web.static import shared_assets
from tests.browser.accessibility import barriers
from tests.unit.web import samples
from tests.unit.web.case_samples import pages_in
from tests.unit.web.sample_pages import PAGES, RENDERERS, answer

THUMB_PIXELS_MIN = 48
# A link within running text may be as high as its line; what is pressed to act may not. A choice is pressed as a whole.
PRESSED = "button, input:not([type=hidden]):not(.choice input), textarea, select, summary, .button, .choice, .tabs a"
TOO_SMALL = """([pressed, least]) => [...document.querySelectorAll(pressed)]
  .filter((e) => e.checkVisibility() && !e.closest(".trap, .hidden-label, .photo-field") && !e.matches(".hidden-label"))
  .filter((e) => e.getBoundingClientRect().height < least)
  .map((e) => e.outerHTML.slice(0, 120))"""
# A part of the page that is named by a heading which nobody sees.
HEADLESS = """() => [...document.querySelectorAll("section[aria-labelledby]")]
  .filter((e) => e.checkVisibility() && !document.getElementById(e.getAttribute("aria-labelledby"))?.checkVisibility())
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


def address_of(name: str) -> str:
    """Where a sample page is."""
    return f"/{name.replace(' ', '-')}"


def address_in(situation: str, who: str) -> str:
    """Where the case's page is in a situation, as somebody finds it."""
    return f"/situations/{quote(situation)}/{who}"


async def shown(request: Request, name: str) -> Response:
    return answer(request, name)


async def in_situation(request: Request) -> Response:
    page = pages_in(request.path_params["situation"])[request.path_params["who"]]
    return RENDERERS["routing"].render(request, "case.html", {"page": page})


async def refusing(request: Request) -> Response:
    problem = next(each for each in PageProblem if each.value == request.path_params["problem"])
    number = "7f0a400e" if problem.status >= 500 else ""
    shown = {"problem": problem, "at_desk": request.url.path.startswith("/desk"), "number": number}
    return RENDERERS["routing"].render(request, "problem.html", shown)


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
    """The samples, and as much of the platform as a page asks for by itself."""
    pages = [Route(address_of(name), partial(shown, name=name)) for name in PAGES]
    guard = Middleware(
        CsrfProtection,
        secret=b"a secret",
        now=lambda: samples.NOW,
        refused=lambda request: RENDERERS["intake"].problem(request, PageProblem.FORM_EXPIRED),
    )
    return Starlette(
        routes=[
            *pages,
            Route("/situations/{situation}/{who}", in_situation),
            Route("/problems/{problem}", refusing),
            Route("/desk/problems/{problem}", refusing),
            Route("/r/{code}", slowly_taken, methods=["POST"]),
            Route("/desk/cases/{id}/photos/{number}", picture),
            Route("/desk/live", told_live),
            shared_assets().route(),
        ],
        middleware=[Middleware(SecurityHeaders), guard],
    )


@contextlib.asynccontextmanager
async def served(application: Starlette) -> AsyncIterator[str]:
    """Its origin, on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def visit(page: Page, address: str, language: str = "zh") -> list[str]:
    """Open a page; what its console says, complaints about the content policy among it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto(f"{address}?lang={language}")
    return said


async def amiss(page: Page, address: str, view: View) -> Mapping[str, object]:
    """What somebody stumbles over who looks at a page so; nothing where it fits, is reached and has no barrier."""
    await page.emulate_media(color_scheme=view.scheme)
    said = await visit(page, address, view.language)
    too_wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    too_small = await page.evaluate(TOO_SMALL, [PRESSED, THUMB_PIXELS_MIN]) if view.width == PHONE else []
    found = {
        "said": said,
        "too wide by": too_wide,
        "too small": too_small,
        "headless": await page.evaluate(HEADLESS),
        "barriers": await barriers(page),
    }
    return {what: each for what, each in found.items() if each}
