"""`/api/v1/tickets`: report a trouble, and ask how far it is."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.intake.api.bodies import form_body, is_multipart, ticket_body, ticket_body_of_form
from services.intake.api.described import PARTNER_KEY, REPORT, REPORTED, SEEN, SEEN_ANSWERS, TRACKING_TOKEN
from services.intake.api.schemas import (
    OtherTicket,
    StepSeen,
    TicketBody,
    TicketCreated,
    TicketLinks,
    TicketSeenBody,
)
from services.intake.domain.errors import Fault, FromAnotherSiteError, Refusal, RefusedFieldsError, UnknownTicketError
from services.intake.domain.progress import Step
from services.intake.domain.ticket import rating_of
from services.intake.handlers import (
    Given,
    Intake,
    Opened,
    Partner,
    Report,
    Scope,
    TicketSeen,
    checked_report,
    count_partner_report,
    count_report,
    open_ticket,
    ticket_seen_by_holder,
    ticket_seen_by_partner,
)
from services.intake.handlers.bodies import read_body, read_form
from services.intake.handlers.callers import address_of, bearer, is_api_key
from services.intake.handlers.photos import kept_photos
from services.intake.handlers.places import unit_name
from shared.contracts.intake import Channel
from shared.directory import Directory
from shared.kernel import event_store
from shared.kernel.bodies import check_query, only_query
from shared.kernel.description import PROBLEMS

OPERATION = "open_ticket"
# The answer holds the tracking link, so no cache may keep it.
FOR_THE_CALLER_ALONE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
KEY_CHARACTERS_MAX = 200
# As long as a UUID: what a stranger can not guess.
ANONYMOUS_KEY_CHARACTERS_MIN = 32
PRINTABLE = re.compile(r"[\x21-\x7e]+")


def routes(intake: Intake) -> APIRouter:
    """The addresses for these tickets."""
    router = APIRouter(prefix="/api/v1/tickets", tags=["tickets"], responses=PROBLEMS)

    @router.post(
        "",
        status_code=201,
        response_model=TicketCreated,
        responses=REPORTED,
        openapi_extra=REPORT,
    )
    async def report(request: Request) -> Response:
        """Report a trouble, as JSON or, with photos, as a multipart form."""
        check_query(request)
        partner = await _partner(intake, request)
        if partner is None and request.headers.get("sec-fetch-site") == "cross-site":
            raise FromAnotherSiteError
        opened = await (_from_form if is_multipart(request) else _from_json)(intake, request, partner)
        return created(intake, opened)

    @router.get(
        "/{ticket_id}",
        response_model=TicketSeenBody,
        responses=SEEN_ANSWERS,
        openapi_extra=SEEN,
        dependencies=[PARTNER_KEY, TRACKING_TOKEN, only_query()],
    )
    async def ticket(ticket_id: str, request: Request) -> Response:
        """How far a ticket is, for the partner that reported it or the holder of its tracking token."""
        seen = await _seen(intake, request, _uuid(ticket_id))
        tag = f'"{seen.row.version}-{len(seen.progress.steps)}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        body = seen_body(seen, await intake.directory.current())
        return Response(
            body.model_dump_json(), media_type="application/json", headers={"etag": tag, **FOR_THE_CALLER_ALONE}
        )

    return router


def created(intake: Intake, opened: Opened) -> JSONResponse:
    """The answer to a report, the same however often it is asked for."""
    address = f"/api/v1/tickets/{opened.id}"
    body = {
        "id": str(opened.id),
        "number": opened.number,
        "place": opened.place,
        "status": Step.REPORTED.value,
        "opened_at": opened.at.isoformat().replace("+00:00", "Z"),
        "status_url": intake.status_url(opened.token),
        "links": {"self": address, "place": f"/api/v1/places/{opened.place}"},
    }
    return JSONResponse(body, 201, headers={"location": address, **FOR_THE_CALLER_ALONE})


def seen_body(seen: TicketSeen, directory: Directory) -> TicketSeenBody:
    """A ticket as it is sent."""
    ticket, progress = seen.ticket, seen.progress
    return TicketSeenBody(
        id=ticket.id,
        number=ticket.number,
        place=ticket.place,
        category=ticket.category,
        reference=seen.row.reference,
        status=progress.now.step,
        opened_at=ticket.opened_at,
        deadline=progress.deadline,
        steps=[StepSeen(step=each.step, at=each.at, unit=unit_name(directory, each.unit)) for each in progress.steps],
        rating=rating_of(ticket, progress),
        stated_urgency=ticket.stated_urgency,
        others=[OtherTicket(id=each.id, number=each.number, link=each.link) for each in ticket.others],
        photo_count=ticket.photo_count,
        links=TicketLinks(self=f"/api/v1/tickets/{ticket.id}", place=f"/api/v1/places/{ticket.place}"),
    )


async def _partner(intake: Intake, request: Request) -> Partner | None:
    token = bearer(request)
    if token is None:
        return None
    return await intake.access.partner(token, Scope.WRITE)


async def _from_json(intake: Intake, request: Request, partner: Partner | None) -> Opened:
    body = await read_body(request, bytes_max=intake.config.json_bytes_max)
    report = await _report(intake, ticket_body(body), partner)
    once = _once(intake, request, partner, (body,))
    await _count(intake, request, report, partner, once)
    return await open_ticket(intake, report, request=once)


async def _from_form(intake: Intake, request: Request, partner: Partner | None) -> Opened:
    async with _form(intake, request) as (body, photos):
        report = await _report(intake, body, partner)
        once = _once(intake, request, partner, (_written(body), *photos))
        await _count(intake, request, report, partner, once)
        kept = await kept_photos(intake, photos)
        return await open_ticket(intake, replace(report, photos=kept), request=once)


@contextlib.asynccontextmanager
async def _form(intake: Intake, request: Request) -> AsyncIterator[tuple[TicketBody, tuple[bytes, ...]]]:
    form = await read_form(request, bytes_max=intake.config.body_megabytes_max * 1024 * 1024)
    try:
        given = form_body(form)
        body = ticket_body_of_form(given.fields)
        yield body, tuple([await photo.read() for photo in given.photos])
    finally:
        await form.close()


def _written(body: TicketBody) -> bytes:
    # What an earlier release took, which did not know this field, is the same report when it is sent again.
    unsaid = {"stated_urgency"} if body.stated_urgency is None else None
    return body.model_dump_json(exclude=unsaid).encode()


async def _report(intake: Intake, body: TicketBody, partner: Partner | None) -> Report:
    if body.reference is not None and partner is None:
        raise RefusedFieldsError([Refusal("reference", Fault.PARTNERS_ONLY)])
    given = Given(
        place=body.place,
        text=body.text,
        category=body.category,
        phone=body.phone,
        name=body.name,
        reference=body.reference,
        stated_urgency=body.stated_urgency,
    )
    channel = Channel.PARTNER if partner else Channel.QR
    report = checked_report(given, await intake.directory.current(), intake.config, channel)
    return replace(report, partner=partner.id) if partner else report


def _once(
    intake: Intake, request: Request, partner: Partner | None, body: tuple[bytes, ...]
) -> event_store.Request | None:
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        return None
    key = _checked_key(keys, is_anonymous=partner is None)
    caller = f"partner:{partner.id}" if partner else f"anonymous:{key}"
    return event_store.Request(caller, OPERATION, key, intake.hmac_of(body))


def _checked_key(keys: list[str], *, is_anonymous: bool) -> str:
    # Were one of several taken, a repetition with the other would open a second ticket.
    if len(keys) > 1:
        raise RefusedFieldsError([Refusal("Idempotency-Key", Fault.TWICE)])
    key = keys[0]
    if not key:
        raise RefusedFieldsError([Refusal("Idempotency-Key", Fault.REQUIRED)])
    if not PRINTABLE.fullmatch(key):
        raise RefusedFieldsError([Refusal("Idempotency-Key", Fault.NOT_ASCII)])
    if len(key) > KEY_CHARACTERS_MAX:
        raise RefusedFieldsError([Refusal("Idempotency-Key", Fault.TOO_LONG, KEY_CHARACTERS_MAX)])
    if is_anonymous and len(key) < ANONYMOUS_KEY_CHARACTERS_MIN:
        raise RefusedFieldsError([Refusal("Idempotency-Key", Fault.TOO_SHORT, ANONYMOUS_KEY_CHARACTERS_MIN)])
    return key


async def _count(
    intake: Intake, request: Request, report: Report, partner: Partner | None, once: event_store.Request | None
) -> None:
    if partner is None:
        await count_report(intake, report, address=address_of(request), request=once)
    else:
        await count_partner_report(intake, partner, request=once)


async def _seen(intake: Intake, request: Request, ticket_id: UUID) -> TicketSeen:
    token = bearer(request)
    if token is None:
        raise UnknownTicketError
    if is_api_key(token):
        partner = await intake.access.partner(token, Scope.READ)
        return await ticket_seen_by_partner(intake, ticket_id, partner)
    return await ticket_seen_by_holder(intake, ticket_id, token)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UnknownTicketError from None
