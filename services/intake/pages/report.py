"""`/r/{code}`: the page behind a stairwell's QR code."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from opentelemetry.trace import SpanKind
from starlette.datastructures import URL

from services.intake.domain.errors import RefusedFieldsError, TrapFilledError
from services.intake.handlers import Given, Intake, Opened, checked_report, count_report, open_ticket
from services.intake.handlers.callers import address_of
from services.intake.handlers.photos import check_sizes, kept_photos
from services.intake.handlers.places import asks_whether_urgent, categories_to_choose, place_of_code, proper_code
from services.intake.pages.answering import faults_of
from services.intake.pages.flash import flash
from services.intake.pages.sent_forms import PHOTOS_FIELD, SentForm, read_sent
from services.intake.pages.views import CategoryChoice, ReportPage
from shared.contracts.intake import Channel
from shared.directory import Directory
from shared.kernel import event_store, tracing
from shared.kernel.objects import ObjectsAwayError
from shared.web.forms import EMPTY_FORM, Fault, FieldFault, Form
from shared.web.language import language_of
from shared.web.rendering import Renderer

OPERATION = "open_ticket"
BOX = "stated_urgency"
TYPED = ("text", "phone", "name", "category", BOX)
TRAP = "website"
# In which trace the page was made; nothing stands in it about who scanned.
SCAN = "scan"
RECEIPT = "reported"


def routes(intake: Intake, renderer: Renderer, route: type[APIRoute]) -> APIRouter:
    """The page and its form."""
    router = APIRouter(route_class=route, include_in_schema=False)

    @router.get("/r/{code}")
    async def page(code: str, request: Request) -> Response:
        directory = await intake.directory.current()
        proper = proper_code(directory, code)
        if proper != code:
            return RedirectResponse(str(URL(f"/r/{proper}").replace(query=request.url.query)), 308)
        view = report_page(intake, directory, code, scan=tracing.traceparent() if tracing.TRACING.records else None)
        return renderer.render(request, "report.html", {"page": view})

    @router.post("/r/{code}")
    async def report(code: str, request: Request) -> Response:
        directory = await intake.directory.current()
        place_of_code(directory, code)
        bytes_max = intake.config.body_megabytes_max * 1024 * 1024
        async with read_sent(request, *TYPED, TRAP, SCAN, PHOTOS_FIELD, bytes_max=bytes_max) as sent:
            scan = sent.get(SCAN) or None
            try:
                # The request itself began before its form was read: it is linked to.
                with tracing.span(OPERATION, kind=SpanKind.INTERNAL, parent=scan):
                    opened = await _opened(intake, directory, code, request, sent)
            except (RefusedFieldsError, ObjectsAwayError) as error:
                faults, status = _faults_and_status(error)
                form = Form({name: sent.get(name) for name in TYPED}, faults)
                view = report_page(intake, directory, code, form=form, scan=scan)
                return renderer.render(request, "report.html", {"page": view}, status=status)
        return _receipt(opened, request)

    return router


def report_page(
    intake: Intake, directory: Directory, code: str, *, form: Form = EMPTY_FORM, scan: str | None = None
) -> ReportPage:
    """What the page shows.

    Raises:
        UnknownPlaceError, RetiredPlaceError: nothing can be reported there.
    """
    place = place_of_code(directory, code)
    area = directory.areas.get(place.area)
    return ReportPage(
        place_name=place.name,
        area_name=area.name if area else place.name,
        address=f"/r/{code}",
        form_token=secrets.token_urlsafe(32),
        categories=[CategoryChoice(id=each.id, name=each.name) for each in categories_to_choose(directory)],
        photos_max=intake.config.photos_max,
        photo_megabytes_max=intake.config.photo_megabytes_max,
        asks_whether_urgent=asks_whether_urgent(directory),
        form=form,
        scan=scan,
    )


async def _opened(intake: Intake, directory: Directory, code: str, request: Request, sent: SentForm) -> Opened:
    if sent.get(TRAP):
        raise TrapFilledError
    given = Given(
        place=code,
        text=sent.get("text"),
        phone=sent.get("phone"),
        name=sent.get("name"),
        category=sent.get("category"),
        stated_urgency=sent.get(BOX),
    )
    report = checked_report(given, directory, intake.config, Channel.QR)
    check_sizes([photo.size or 0 for photo in sent.photos], intake.config)
    contents = [await photo.read() for photo in sent.photos]
    once = _once(intake, code, sent, contents)
    await count_report(intake, report, address=address_of(request), request=once)
    kept = await kept_photos(intake, contents)
    return await open_ticket(intake, replace(report, photos=kept, locale=language_of(request)), request=once)


def _faults_and_status(error: RefusedFieldsError | ObjectsAwayError) -> tuple[Mapping[str, FieldFault], int]:
    match error:
        case RefusedFieldsError(refusals=refusals):
            return faults_of(refusals), error.status
        case ObjectsAwayError():
            # Whoever wrote all of it has it before them still, and may send it without its photos.
            return {PHOTOS_FIELD: FieldFault(Fault.PHOTOS_NOT_KEPT)}, HTTPStatus.SERVICE_UNAVAILABLE


def _once(intake: Intake, code: str, sent: SentForm, contents: list[bytes]) -> event_store.Request:
    # A box that was left alone counts for nothing: what an earlier release took, sent again, is the same report.
    typed = [sent.get(name).encode() for name in TYPED if name != BOX or sent.get(name)]
    token = sent.form_token
    return event_store.Request(
        f"anonymous:{token}", OPERATION, token, intake.hmac_of([code.encode(), *typed, *contents])
    )


def _receipt(opened: Opened, request: Request) -> Response:
    address = f"/t/{opened.token}"
    response = RedirectResponse(address, 303)
    flash(response, request, address, RECEIPT)
    return response
