"""Which request a line of the log belongs to.

Promise: every line that is logged while a request is answered carries its `correlation_id`, and the answer names it as
`X-Request-Id`, so that who rings up can read it out. It is the caller's own trace id (W3C Trace Context) where there is
one, else a new one; no other header is believed, since it would stand in the log.
"""

import re
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

HEADER = "x-request-id"
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Correlated:
    """The outermost layer of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = _given(scope) or uuid4().hex

        async def name(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = correlation_id
            await send(message)

        with bound_contextvars(correlation_id=correlation_id):
            await self._app(scope, receive, name)


def _given(scope: Scope) -> str | None:
    for key, value in scope["headers"]:
        if key == b"traceparent" and (found := _TRACEPARENT.fullmatch(value)):
            return found[1].decode()
    return None
