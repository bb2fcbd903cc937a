"""What keeps a page's visitor safe: headers that browsers obey, and forms that no other site can send."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus, urlsplit

from markupsafe import Markup
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    # A status page's address opens the ticket, so no page that a resident goes on to may learn it.
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
ENCODED_HEADERS = [(name.encode(), value.encode()) for name, value in {**HEADERS, "cache-control": "no-store"}.items()]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_COOKIE = "yima_form"
FORM_FIELD = "csrf_token"
TOKEN_KEPT = timedelta(hours=24)
CLOCK_SKEW = timedelta(minutes=5)
# The hidden field is the first of every form, so photos behind it are never held in memory for its sake.
TOKEN_WITHIN_BYTES = 16_384

_MULTIPART_TOKEN = re.compile(rb'name="csrf_token"\r\n\r\n([^\r\n]{1,200})\r\n')
_URLENCODED_TOKEN = re.compile(rb"(?:^|&)csrf_token=([^&]{1,200})&")


class MissingFormGuardError(RuntimeError):
    """A template holds a form but the application has no CsrfProtection; add it in app.py."""


class SecurityHeaders:
    """ASGI middleware: every answer carries the headers; pages are kept by nobody, for they show people's matters."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add what the answer does not set itself."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message)
            await send(message)

        await self._app(scope, receive, send_guarded)


def _add_headers(message: Message) -> None:
    own = list(message.get("headers", ()))
    named = {name for name, _ in own}
    message["headers"] = own + [each for each in ENCODED_HEADERS if each[0] not in named]


@dataclass(frozen=True, slots=True)
class FormTokens:
    """Signs and checks the hidden field: bound to the browser's cookie, good for a day."""

    secret: bytes
    now: Callable[[], datetime]

    def issue(self, browser: str) -> str:
        """A token for the forms of this browser."""
        issued_at = str(int(self.now().timestamp()))
        return f"{issued_at}.{self._signature(browser=browser, issued_at=issued_at)}"

    def holds(self, token: str, *, browser: str) -> bool:
        """Whether we issued it, to this browser, not too long ago."""
        issued_at, _, signature = token.partition(".")
        expected = self._signature(browser=browser, issued_at=issued_at)
        return hmac.compare_digest(signature.encode(), expected.encode()) and self._is_fresh(int(issued_at))

    def _is_fresh(self, issued_at: int) -> bool:
        age = timedelta(seconds=self.now().timestamp() - issued_at)
        return -CLOCK_SKEW <= age <= TOKEN_KEPT

    def _signature(self, *, browser: str, issued_at: str) -> str:
        return hmac.new(self.secret, f"form|{browser}|{issued_at}".encode(), hashlib.sha256).hexdigest()


class FormGuard:
    """One request's part in it: who the browser is, and whether its page holds a form."""

    def __init__(self, tokens: FormTokens, connection: HTTPConnection) -> None:
        """Know the browser by its cookie; one without gets a name when its page needs it."""
        self._tokens = tokens
        self._secure = connection.url.scheme == "https"
        self.browser = connection.cookies.get(FORM_COOKIE)
        self._named_now = False

    def token(self) -> str:
        """The hidden field's value for this browser."""
        if self.browser is None:
            self.browser, self._named_now = secrets.token_urlsafe(16), True
        return self._tokens.issue(self.browser)

    def holds(self, token: str | None) -> bool:
        """Whether the form that was sent was ours."""
        return token is not None and self.browser is not None and self._tokens.holds(token, browser=self.browser)

    def add_cookie(self, headers: MutableHeaders) -> None:
        """Name the browser, if its page holds a form and it had no name yet."""
        if self._named_now:
            secure = "; Secure" if self._secure else ""
            headers.append("set-cookie", f"{FORM_COOKIE}={self.browser}; Path=/; HttpOnly; SameSite=Lax{secure}")


class CsrfProtection:
    """ASGI middleware: a change is made only by our own pages.

    What the browser itself says decides first (`Sec-Fetch-Site`, then `Origin`); the signed field decides where it says
    nothing: on plain HTTP, in old phones, and for `Origin: null`, which our own no-referrer policy makes them send.
    Exempt paths carry proof of their own (a bearer token, a signature) and must never honour a cookie.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        secret: bytes,
        now: Callable[[], datetime],
        refused: Callable[[Request], Response],
        exempt: Sequence[str] = (),
    ) -> None:
        """Wrap the application; `refused` makes the page for a form that is not ours."""
        self._app = app
        self._tokens = FormTokens(secret, now)
        self._refused = refused
        self._exempt = tuple(exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer with the refusal."""
        if scope["type"] != "http" or scope["path"].startswith(self._exempt or ("\0",)):
            await self._app(scope, receive, send)
            return
        guard = FormGuard(self._tokens, HTTPConnection(scope))
        scope.setdefault("state", {})["form_guard"] = guard
        opening = Opening(receive)
        send = _naming_the_browser(guard, send)
        if scope["method"] in SAFE_METHODS or await _is_our_own(Headers(scope=scope), guard, opening):
            await self._app(scope, opening.replay, send)
            return
        await self._refused(Request(scope, opening.replay))(scope, opening.replay, send)


def _naming_the_browser(guard: FormGuard, send: Send) -> Send:
    async def send_named(message: Message) -> None:
        if message["type"] == "http.response.start":
            guard.add_cookie(MutableHeaders(scope=message))
        await send(message)

    return send_named


async def _is_our_own(headers: Headers, guard: FormGuard, opening: "Opening") -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin", "null")
    if origin != "null":
        return urlsplit(origin).netloc == headers.get("host")
    return guard.holds(await opening.token(headers.get("content-type", "")))


class Opening:
    """The beginning of a body, read for the token and then handed on as if nobody had looked."""

    def __init__(self, receive: Receive) -> None:
        """Read nothing yet."""
        self._receive = receive
        self._read: list[Message] = []

    async def token(self, content_type: str) -> str | None:
        """The hidden field, if it stands where our pages put it."""
        pattern = _MULTIPART_TOKEN if content_type.startswith("multipart/form-data") else _URLENCODED_TOKEN
        body, more = b"", True
        while more and len(body) < TOKEN_WITHIN_BYTES and not pattern.search(body):
            message = await self._receive()
            self._read.append(message)
            body += message.get("body", b"")
            more = message.get("more_body", False)
        found = pattern.search(body if more else body + b"&")
        return unquote_plus(found[1].decode("latin-1")) if found else None

    async def replay(self) -> Message:
        """What was read, then what still comes."""
        return self._read.pop(0) if self._read else await self._receive()


def csrf_field(request: Request) -> Markup:
    """The hidden field; templates put it first in every form that posts."""
    guard = getattr(request.state, "form_guard", None)
    if not isinstance(guard, FormGuard):
        raise MissingFormGuardError
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_FIELD, guard.token())
