"""The inbox: a member's cases by deadline, narrowed as they wish, with exact totals and pages."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.routing.domain.case.state import Status
from services.routing.domain.inbox import Show, Wanted
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.bulk import acts_in_bulk
from services.routing.handlers.inbox import InboxRead, read_inbox, units_offered
from services.routing.handlers.reading import opened
from services.routing.pages.doors import HOME, signed_in
from services.routing.pages.lists import address_of, chips_of, query_of, quick_of, wanted_in
from services.routing.pages.names import Names, staff_of
from services.routing.pages.views import CaseList, Choice, InboxPage, InboxRow
from services.routing.queries import ListedCase
from shared.contracts.directory import Name
from shared.web.rendering import Renderer

WORDS_SHOWN_MAX = 80


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The route of the inbox."""
    routes = APIRouter()

    @routes.get(HOME)
    async def inbox(request: Request) -> Response:
        member = await signed_in(service, request)
        wanted = wanted_in(request.query_params, member.sight)
        view = await inbox_page(service, member, wanted, forgotten=renderer.say(request, "case.forgotten"))
        return renderer.render(request, "inbox.html", {"page": view})

    return routes


async def inbox_page(service: Routing, member: Member, wanted: Wanted, *, forgotten: str) -> InboxPage:
    """One page of one list, with what it can be narrowed to."""
    live_after = await service.live.position()
    directory = await service.directory.current()
    names = Names(directory)
    units = [Choice(id=unit.id, name=unit.name) for unit in units_offered(member, directory)]
    categories = [each for each in directory.categories.values() if not each.retired]
    return InboxPage(
        staff=await staff_of(service, member),
        list=await case_list(service, member, wanted, forgotten=forgotten),
        statuses=[status for status in Status if status is not Status.CLOSED],
        units=units if len(units) > 1 else [],
        categories=[Choice(id=each.id, name=each.name) for each in sorted(categories, key=lambda each: each.order)],
        names=_names(wanted, names),
        live_after=live_after,
        may_pick=wanted.show is not Show.CLOSED and bool(acts_in_bulk(member.actor.role)),
    )


def _names(wanted: Wanted, names: Names) -> dict[str, Name]:
    narrowing = wanted.narrowing
    named = {
        "unit": names.unit(narrowing.unit),
        "category": names.category(next(iter(narrowing.categories), None)),
    }
    return {what: name for what, name in named.items() if name is not None}


async def case_list(service: Routing, member: Member, wanted: Wanted, *, forgotten: str) -> CaseList:
    """One page of one list; with the words of its cases, as far as they are kept."""
    read = await read_inbox(service, member, wanted)
    return _list(read, await rows_of(service, read.page.rows, forgotten=forgotten))


async def rows_of(service: Routing, cases: Sequence[ListedCase], *, forgotten: str) -> list[InboxRow]:
    """The cases as the inbox shows them."""
    texts = await opened(service, (case.text for case in cases))
    names = Names(await service.directory.current())
    return [_row(case, names, texts[case.text.box] or forgotten) for case in cases]


def _list(read: InboxRead, rows: Sequence[InboxRow]) -> CaseList:
    wanted, page = read.wanted, read.page
    return CaseList(
        wanted=wanted,
        totals=read.totals,
        addresses={show: address_of(replace(wanted, show=show, cursor=None)) for show in read.totals},
        rows=rows,
        first=page.before + 1,
        query=query_of(wanted),
        next=address_of(wanted.at(page.next)) if page.next else None,
        previous=address_of(wanted.at(page.previous)) if page.previous else None,
        chips=chips_of(wanted),
        quick=quick_of(wanted),
    )


def _row(case: ListedCase, names: Names, words: str) -> InboxRow:
    shown = " ".join(words.split())
    return InboxRow(
        case_id=case.id,
        version=case.version,
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
        duplicates=case.duplicates,
        asked=case.asked,
    )
