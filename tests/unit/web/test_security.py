"""What keeps a page's visitor safe: headers that browsers obey, and forms that no other site can send."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive

from shared.kernel.clock import SetClock
from shared.web.security import (
    CsrfProtection,
    FormTokens,
    MissingFormGuardError,
    Opening,
    SecurityHeaders,
    csrf_field,
)

NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
PHONE_ON_PLAIN_HTTP: dict[str, str] = {}


async def show_form(request: Request) -> Response:
    return HTMLResponse(f"<form>{csrf_field(request)}</form>")


async def take(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def refuse(_: Request) -> Response:
    return PlainTextResponse("refused", status_code=403)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def visitor(clock: SetClock) -> TestClient:
    return new_visitor(clock.now)


def new_visitor(now: Callable[[], datetime]) -> TestClient:
    return TestClient(
        Starlette(
            routes=[
                Route("/form", show_form),
                Route("/form", take, methods=["POST"]),
                Route("/api/v1/tickets", take, methods=["POST"]),
            ],
            middleware=[
                Middleware(SecurityHeaders),
                Middleware(CsrfProtection, secret=b"a secret", now=now, refused=refuse, exempt=["/api/"]),
            ],
        ),
        base_url="http://yima.test",
    )


def token_of(visitor: TestClient) -> str:
    found = re.search(r'value="([^"]+)"', visitor.get("/form").text)
    assert found
    return found[1]


def test_pages_are_kept_by_nobody_framed_by_nobody_and_tell_no_referrer(visitor: TestClient) -> None:
    headers = visitor.get("/form").headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_a_refusal_carries_the_headers_too(visitor: TestClient) -> None:
    assert visitor.post("/form").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://yima.test"}, 403),
        ({"origin": "http://yima.test"}, 200),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://yima.test.evil.test"}, 403),
        ({"origin": "null"}, 403),
        (PHONE_ON_PLAIN_HTTP, 403),
    ],
)
def test_what_the_browser_says_decides_first(visitor: TestClient, headers: dict[str, str], status: int) -> None:
    assert visitor.post("/form", headers=headers).status_code == status


def test_a_token_does_not_help_another_site(visitor: TestClient) -> None:
    token = token_of(visitor)

    answer = visitor.post("/form", data={"csrf_token": token}, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [PHONE_ON_PLAIN_HTTP, {"origin": "null"}])
def test_where_the_browser_says_nothing_the_hidden_field_decides(visitor: TestClient, headers: dict[str, str]) -> None:
    token = token_of(visitor)

    answer = visitor.post("/form", data={"csrf_token": token, "text": "楼道灯坏了"}, headers=headers)

    assert answer.status_code == 200


def test_photos_behind_the_hidden_field_arrive_whole(visitor: TestClient) -> None:
    token = token_of(visitor)

    answer = visitor.post("/form", data={"csrf_token": token}, files={"photos": ("a.jpg", b"x" * 3_000_000)})

    assert answer.status_code == 200
    assert int(answer.text) > 3_000_000


def test_a_token_of_another_browser_is_refused(visitor: TestClient, clock: SetClock) -> None:
    another = new_visitor(clock.now)
    token = token_of(another)
    token_of(visitor)

    assert visitor.post("/form", data={"csrf_token": token}).status_code == 403


def test_a_form_may_stay_open_for_a_day(visitor: TestClient, clock: SetClock) -> None:
    token = token_of(visitor)

    clock.advance(timedelta(hours=24))
    after_a_day = visitor.post("/form", data={"csrf_token": token})
    clock.advance(timedelta(seconds=1))
    later = visitor.post("/form", data={"csrf_token": token})

    assert (after_a_day.status_code, later.status_code) == (200, 403)


def test_two_tabs_of_one_browser_both_work(visitor: TestClient) -> None:
    tokens = [token_of(visitor), token_of(visitor)]

    assert [visitor.post("/form", data={"csrf_token": token}).status_code for token in tokens] == [200, 200]


def test_exempt_paths_need_no_form(visitor: TestClient) -> None:
    assert visitor.post("/api/v1/tickets", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_a_page_without_the_middleware_fails_at_once() -> None:
    page = TestClient(Starlette(routes=[Route("/form", show_form)]))

    with pytest.raises(MissingFormGuardError):
        page.get("/form")


@given(token=st.text(max_size=120))
def test_no_made_up_token_holds(token: str) -> None:
    assert not FormTokens(b"a secret", lambda: NOW).holds(token, browser="a browser")


@given(browser=st.text(min_size=1), age=st.integers(min_value=0, max_value=86_400))
def test_an_issued_token_holds_for_its_browser_for_a_day(browser: str, age: int) -> None:
    token = FormTokens(b"a secret", lambda: NOW).issue(browser)

    assert FormTokens(b"a secret", lambda: NOW + timedelta(seconds=age)).holds(token, browser=browser)


@given(st.integers(min_value=1, max_value=200))
async def test_the_hidden_field_is_found_however_the_body_is_cut(size: int) -> None:
    body = b"csrf_token=1777381500.abc&text=" + b"x" * 300
    opening = Opening(source_of([body[start : start + size] for start in range(0, len(body), size)]))

    token = await opening.token("application/x-www-form-urlencoded")

    assert token == "1777381500.abc"
    assert await whole_of(opening) == body


async def test_a_body_without_the_field_is_not_read_to_its_end() -> None:
    chunks = [b"x" * 1_000 for _ in range(1_000)]
    opening = Opening(source_of(chunks))

    token = await opening.token("multipart/form-data; boundary=b")

    assert token is None
    assert len(chunks) == 983


def source_of(chunks: list[bytes]) -> Receive:
    async def receive() -> Message:
        body = chunks.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(chunks)}

    return receive


async def whole_of(opening: Opening) -> bytes:
    body, more = b"", True
    while more:
        message = await opening.replay()
        body += message["body"]
        more = message["more_body"]
    return body
