"""What has changed while a page of the desk is open, by server-sent events: ids and states, for its member's sight."""

import json
from collections.abc import AsyncIterator
from time import monotonic

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member, member_of
from services.routing.handlers.live import Change, OpenPage
from services.routing.pages.doors import COOKIE, FirstPasswordError, NotSignedInError, signed_in
from shared.web.rendering import Renderer

CHECKED_EVERY_S = 2.0
BEAT_S = 15.0
RETRY_MS = 3_000
POSITION_DIGITS_MAX = 18
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def router(service: Routing, _renderer: Renderer) -> APIRouter:
    """The route of the stream."""
    routes = APIRouter()

    @routes.get("/desk/live")
    async def live(request: Request) -> Response:
        try:
            member = await signed_in(service, request)
        except (NotSignedInError, FirstPasswordError):
            # A page that is left open outlives its session. This tells the browser to ask no more; a door would be no
            # stream, and an error in its log.
            return Response(status_code=204)
        stream = _stream(service, member, request.cookies.get(COOKIE), _position(request))
        return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)

    return routes


def _position(request: Request) -> int | None:
    """Where the page was: the browser says so when it comes back, the page itself at first."""
    written = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= POSITION_DIGITS_MAX else None


async def _stream(service: Routing, member: Member, token: str | None, position: int | None) -> AsyncIterator[str]:
    """Until the session is over, the page is gone, or it does not keep up."""
    page, live = OpenPage(), service.live
    try:
        # Before it is looked what was missed: what comes meanwhile waits, and may be told twice.
        await live.join(page)
        yield f"retry: {RETRY_MS}\n\n"
        missed = [] if position is None else await live.since(position)
        yield _told(member, missed) if missed is not None else "event: stale\ndata: {}\n\n"
        async for text in _while_signed_in(service, page, member, token):
            yield text
    finally:
        live.leave(page)


async def _while_signed_in(service: Routing, page: OpenPage, member: Member, token: str | None) -> AsyncIterator[str]:
    checked_at = spoke_at = monotonic()
    while not page.left_behind:
        changes = await page.next(timeout_s=CHECKED_EVERY_S)
        if monotonic() - checked_at >= CHECKED_EVERY_S:
            now_in = await member_of(service, token)
            if now_in is None:
                return
            member, checked_at = now_in, monotonic()
        text = _told(member, changes)
        if text or monotonic() - spoke_at >= BEAT_S:
            spoke_at = monotonic()
            yield text or ": still here\n\n"


def _told(member: Member, changes: list[Change]) -> str:
    return "".join(_event(change) for change in changes if change.is_seen_by(member.sight))


def _event(change: Change) -> str:
    told = {"case": str(change.case_id), "version": change.version, "status": change.status}
    return f"id: {change.resume_after}\nevent: changed\ndata: {json.dumps(told)}\n\n"
