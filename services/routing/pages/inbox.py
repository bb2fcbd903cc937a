"""The inbox: a member's cases by deadline, with exact totals and pages."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.reading import opened
from services.routing.pages.doors import HOME, signed_in
from services.routing.pages.names import Names, staff_of
from services.routing.pages.views import InboxPage, InboxRow, Show
from services.routing.queries import ListedCase, inbox_rows, inbox_totals
from shared.web.rendering import Renderer

WORDS_SHOWN_MAX = 80


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The route of the inbox."""
    routes = APIRouter()

    @routes.get(HOME)
    async def inbox(request: Request) -> Response:
        member = await signed_in(service, request)
        show, page = _wanted_filter(request, member), _wanted_page(request)
        forgotten = renderer.say(request, "case.forgotten")
        view = await inbox_page(service, member, show=show, page=page, forgotten=forgotten)
        return renderer.render(request, "inbox.html", {"page": view})

    return routes


async def inbox_page(service: Routing, member: Member, *, show: Show, page: int, forgotten: str) -> InboxPage:
    """One page of one filter; a page beyond the last is the last."""
    size, pool = service.config.inbox_page_rows, service.runtime.pool
    totals = _totals_for(member, await inbox_totals(pool, member.sight))
    page_count = max(1, -(-totals[show] // size))
    page = min(page, page_count)
    cases = await inbox_rows(pool, member.sight, show, limit=size, offset=(page - 1) * size)
    texts = await opened(service, (case.text for case in cases))
    names = Names(await service.directory.current())
    return InboxPage(
        staff=await staff_of(service, member),
        show=show,
        totals=totals,
        rows=[_row(case, names, texts[case.text.box] or forgotten) for case in cases],
        page=page,
        page_count=page_count,
    )


def _row(case: ListedCase, names: Names, words: str) -> InboxRow:
    shown = " ".join(words.split())
    return InboxRow(
        case_id=case.id,
        number=case.number,
        words=shown if len(shown) <= WORDS_SHOWN_MAX else f"{shown[:WORDS_SHOWN_MAX]}…",
        place_name=names.place(case.place),
        category_name=names.category(case.category),
        unit_name=names.unit(case.unit),
        status=case.status,
        urgent=case.urgent,
        again=case.again,
        opened_at=case.opened_at,
        clock=case.clock,
        deadline=case.due_at,
        suspended_until=case.suspended_until,
    )


def _filters(member: Member) -> list[Show]:
    """Who sees no more than their own unit has no use for a filter by area."""
    narrow = {Show.AREA, Show.UNASSIGNED}
    return [show for show in Show if member.sight.is_wide or show not in narrow]


def _totals_for(member: Member, totals: Mapping[str, int]) -> dict[Show, int]:
    return {show: totals[show.value] for show in _filters(member)}


def _wanted_filter(request: Request, member: Member) -> Show:
    wanted = request.query_params.get("show", Show.UNIT.value)
    return next((show for show in _filters(member) if show.value == wanted), Show.UNIT)


def _wanted_page(request: Request) -> int:
    page = request.query_params.get("page", "1")
    return max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
