"""Which request a line of the log belongs to, and which trace the request.

Promise: every line that is logged while a request is answered carries its `correlation_id`, and the answer names it as
`X-Request-Id`, so that who rings up can read it out. It is the caller's own trace id (W3C Trace Context) where there is
one, else a new one; no other header is believed, since it would stand in the log. The request's span is within the
caller's, and is named by method and route: an address can hold a secret.
"""

import re
from collections.abc import Mapping
from uuid import uuid4

from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, get_contextvars

from shared.kernel import tracing

HEADER = "x-request-id"
SERVER_ERROR = 500
SPOKEN_LETTERS = 8
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Correlated:
    """The outermost layer of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parent = _given(scope)
        correlation_id = parent.split("-")[1] if parent else uuid4().hex

        with (
            bound_contextvars(correlation_id=correlation_id),
            tracing.span(scope["method"], kind=SpanKind.SERVER, parent=parent) as span,
        ):

            async def name(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)[HEADER] = correlation_id
                    _tell(span, scope, message["status"])
                await send(message)

            await self._app(scope, receive, name)


def spoken() -> str:
    """The beginning of the request's id, short enough to be read out: who rings up names it, and the log finds it."""
    return str(get_contextvars().get("correlation_id", ""))[:SPOKEN_LETTERS]


def _given(scope: Scope) -> str | None:
    for key, value in scope["headers"]:
        if key == b"traceparent" and _TRACEPARENT.fullmatch(value):
            given: str = value.decode()
            return given
    return None


def _tell(span: Span, scope: Mapping[str, object], status: int) -> None:
    """Known only now: the route that took the request, and what it answered."""
    if not span.is_recording():
        return
    route = getattr(scope.get("route"), "path", "")
    span.update_name(f"{scope['method']} {route}".rstrip())
    span.set_attributes(
        {"http.request.method": str(scope["method"]), "http.route": route, "http.response.status_code": status}
    )
    if status >= SERVER_ERROR:
        span.set_status(Status(StatusCode.ERROR))
