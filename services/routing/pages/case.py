"""The routes of one case: its page, its photos, and what is done with it."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.routing.domain.errors import RoutingError
from services.routing.domain.permissions import Action
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.acts import ACTS
from services.routing.handlers.evidence import photos_bytes_max
from services.routing.handlers.performing import Asked
from services.routing.handlers.reading import evidence_in, known_id, read_case
from services.routing.pages.case_page import case_page
from services.routing.pages.doors import signed_in
from services.routing.pages.errors import page_of
from services.routing.pages.forms import OF_A_FIELD, Filled, filled
from services.routing.pages.inbox import case_list
from services.routing.pages.lists import query_of, wanted_in
from services.routing.pages.refused import NOTHING_REFUSED, ActRefused
from services.routing.pages.views import CaseList
from shared.contracts.envelope import Attachment
from shared.contracts.routing import CaseOpened
from shared.kernel.objects import ObjectsAwayError
from shared.web.rendering import Renderer

FORM_OVERHEAD_BYTES = 100_000
# What each address of a list names.
IN_A_LIST = "show"
# What the page says at its head once an act is done, and only then.
DONE = "done"
# Not as the case stands now: what was typed is shown again, beside what the case has become.
DECIDED_AGAIN = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes of the case's page."""
    routes = APIRouter(prefix="/desk/cases")

    async def show(request: Request, member: Member, case_id: UUID, refused: ActRefused = NOTHING_REFUSED) -> Response:
        forgotten = renderer.say(request, "case.forgotten")
        # Before it is read: what comes meanwhile is told to the page.
        live_after = await service.live.position()
        read = await read_case(service, member, case_id)
        page = await case_page(service, member, read, forgotten=forgotten, refused=refused)
        beside = await _list_beside(service, member, request, forgotten=forgotten)
        whole = replace(page, beside=beside, live_after=live_after)
        return renderer.render(request, "case.html", {"page": whole}, status=refused.status)

    @routes.get("/{case_id}")
    async def case(request: Request, case_id: str) -> Response:
        return await show(request, await signed_in(service, request), known_id(case_id))

    @routes.get("/{case_id}/{action}")
    async def back(request: Request, case_id: str, action: str) -> Response:
        # A refused form stands at its act's address, and phones open that again by themselves.
        member = await signed_in(service, request)
        known_action(action)
        return RedirectResponse(_address(known_id(case_id), request, member), status_code=303)

    @routes.get("/{case_id}/photos/{name}")
    async def photo(request: Request, case_id: str, name: str) -> Response:
        member = await signed_in(service, request)
        return await picture(service, member, known_id(case_id), name)

    @routes.post("/{case_id}/{action}")
    async def act(request: Request, case_id: str, action: str) -> Response:
        member = await signed_in(service, request)
        # Whether they may see it at all comes before what they typed.
        await read_case(service, member, known_id(case_id))
        wanted = known_action(action)
        form = await _filled(service, request, wanted)
        asked = Asked(member=member, case_id=known_id(case_id), key=form.key, version=form.version)
        if refused := await _refusal(service, asked, wanted, form):
            return await show(request, member, known_id(case_id), refused)
        return RedirectResponse(f"{_address(known_id(case_id), request, member)}#{DONE}", status_code=303)

    return routes


async def _refusal(service: Routing, asked: Asked, action: Action, form: Filled) -> ActRefused | None:
    """Do it; or what is shown in place of it, where whoever filled the form can mend it or decide again.

    Raises:
        RoutingError: it is not theirs to do, or not theirs to see any more.
    """
    if form.faults:
        return ActRefused(action, form.as_typed(action))
    try:
        await ACTS[action](service, asked, form.given())
    except OF_A_FIELD as refusal:
        return ActRefused(action, form.of_refused(action, refusal))
    except RoutingError as refusal:
        if refusal.status not in DECIDED_AGAIN:
            raise
        return ActRefused(action, form.as_typed(action), page_of(refusal), form.words)
    except ObjectsAwayError as away:
        return ActRefused(action, form.as_typed(action), page_of(away), form.words)
    return None


def _address(case_id: UUID, request: Request, member: Member) -> str:
    """The case's, with the list that stands beside it."""
    address = f"/desk/cases/{case_id}"
    listed = IN_A_LIST in request.query_params
    return f"{address}?{query_of(wanted_in(request.query_params, member.sight))}" if listed else address


async def _list_beside(service: Routing, member: Member, request: Request, *, forgotten: str) -> CaseList | None:
    """The list that one came from; who comes by a message has none, and waits for none."""
    if IN_A_LIST not in request.query_params:
        return None
    return await case_list(service, member, wanted_in(request.query_params, member.sight), forgotten=forgotten)


def known_action(written: str) -> Action:
    """An act from an address.

    Raises:
        HTTPException: there is no such act.
    """
    if written not in ACTS:
        raise HTTPException(404)
    return Action(written)


async def _filled(service: Routing, request: Request, action: Action) -> Filled:
    bytes_max = photos_bytes_max(service) + FORM_OVERHEAD_BYTES
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdecimal() or int(length) > bytes_max:
        raise HTTPException(413)
    async with request.form(max_files=service.config.photos_max + 1) as form:
        filled_form = await filled(service, form, action)
    if not filled_form.key:
        raise HTTPException(400)
    return filled_form


async def picture(service: Routing, member: Member, case_id: UUID, name: str) -> Response:
    """A photo of a case, with the same checks as the case.

    Raises:
        HTTPException: the case has no such photo.
    """
    read = await read_case(service, member, case_id)
    reported = {each.id: each for event in read.events if isinstance(event, CaseOpened) for each in event.attachments}
    evidence = {each.id: each for event in read.events for each in evidence_in(event)}
    if name in reported:
        # What a follow-up saw came with the ticket that was opened of it, and staff took the picture.
        content = await service.photos.reported_content(name) or await service.photos.evidence_content(name)
        return _picture(reported[name], content)
    if name in evidence:
        return _picture(evidence[name], await service.photos.evidence_content(name))
    raise HTTPException(404)


def _picture(attachment: Attachment, content: bytes | None) -> Response:
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type=attachment.media_type, headers={"cache-control": "private, max-age=3600"})
