"""`/desk/phone`: who answers the one number finds the caller's place and takes down what they say (代录)."""

import secrets
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from services.intake.domain.errors import NotAtThePhoneError, RefusedFieldsError
from services.intake.handlers import Given, Intake
from services.intake.handlers.phone_desk import (
    ASKED_CHARACTERS_MAX,
    open_tickets_at,
    places_found,
    take_down,
    taken_down,
)
from services.intake.handlers.places import categories_to_choose, place_of_code, proper_code, unit_name
from services.intake.pages.answering import faults_of
from services.intake.pages.phone_views import (
    OpenTicketShown,
    PhoneReportPage,
    PhoneSearchPage,
    PlaceShown,
    Staff,
    TakenDownPage,
)
from services.intake.pages.sent_forms import read_sent
from services.intake.pages.views import CategoryChoice
from services.intake.queries import OpenTicketRow
from shared.contracts.directory import Name, PlaceDefined
from shared.contracts.intake import TicketOpened
from shared.directory import Directory
from shared.web.forms import EMPTY_FORM, Form
from shared.web.pass_doors import let_in
from shared.web.passes import PHONE_DESK, Pass
from shared.web.rendering import Renderer

TYPED = ("text", "stated_urgency", "phone", "name", "category")


def routes(intake: Intake, renderer: Renderer, route: type[APIRoute]) -> APIRouter:
    """The search, the form, and the number to read out."""
    router = APIRouter(route_class=route, include_in_schema=False)

    @router.get(PHONE_DESK)
    async def search(request: Request) -> Response:
        told = _at_the_phone(intake, request)
        view = _search_page(await intake.directory.current(), told, request.query_params.get("q", ""))
        return renderer.render(request, "phone_desk.html", {"page": view})

    @router.get(f"{PHONE_DESK}/{{code}}")
    async def page(code: str, request: Request) -> Response:
        told = _at_the_phone(intake, request)
        view = await _report_page(intake, told, code)
        return renderer.render(request, "phone_report.html", {"page": view})

    @router.post(f"{PHONE_DESK}/{{code}}")
    async def report(code: str, request: Request) -> Response:
        told = _at_the_phone(intake, request)
        async with read_sent(request, *TYPED) as sent:
            given = Given(place=code, **{name: sent.get(name) for name in TYPED})
            try:
                opened = await take_down(intake, given, by=told.person, form_token=sent.form_token)
            except RefusedFieldsError as error:
                form = Form({name: sent.get(name) for name in TYPED}, faults_of(error.refusals))
                view = await _report_page(intake, told, code, form=form)
                return renderer.render(request, "phone_report.html", {"page": view}, status=error.status)
        return RedirectResponse(f"{PHONE_DESK}/taken/{opened.id}", 303)

    @router.get(f"{PHONE_DESK}/taken/{{ticket_id}}")
    async def taken(ticket_id: UUID, request: Request) -> Response:
        told = _at_the_phone(intake, request)
        ticket = await taken_down(intake, ticket_id, by=told.person)
        view = _taken_page(await intake.directory.current(), told, ticket)
        return renderer.render(request, "phone_taken.html", {"page": view})

    return router


def _at_the_phone(intake: Intake, request: Request) -> Pass:
    told = let_in(intake.passes, request, opens=PHONE_DESK)
    if not told.takes_calls:
        raise NotAtThePhoneError
    return told


def _search_page(directory: Directory, told: Pass, asked: str) -> PhoneSearchPage:
    asked = asked[:ASKED_CHARACTERS_MAX]
    found = places_found(directory, asked)
    return PhoneSearchPage(
        staff=_staff(directory, told),
        asked=asked,
        asked_max=ASKED_CHARACTERS_MAX,
        places=[_place(directory, each) for each in found.places],
        more=found.more,
    )


async def _report_page(intake: Intake, told: Pass, code: str, *, form: Form = EMPTY_FORM) -> PhoneReportPage:
    directory = await intake.directory.current()
    place = place_of_code(directory, proper_code(directory, code))
    already = await open_tickets_at(intake, place.id)
    return PhoneReportPage(
        staff=_staff(directory, told),
        place=_place(directory, place),
        address=f"{PHONE_DESK}/{place.id}",
        form_token=secrets.token_urlsafe(32),
        categories=[CategoryChoice(id=each.id, name=each.name) for each in categories_to_choose(directory)],
        already=[_already(directory, each) for each in already],
        form=form,
    )


def _taken_page(directory: Directory, told: Pass, ticket: TicketOpened) -> TakenDownPage:
    place = directory.places.get(ticket.place)
    return TakenDownPage(
        staff=_staff(directory, told),
        id=ticket.ticket_id,
        number=ticket.number,
        place_name=place.name if place else Name(zh=ticket.place, en=ticket.place),
        has_phone=ticket.contact.phone is not None,
    )


def _staff(directory: Directory, told: Pass) -> Staff:
    unit = directory.units.get(told.unit)
    return Staff(name=told.person, unit_name=unit.name if unit else Name(zh="", en=""), admin=told.admin)


def _place(directory: Directory, place: PlaceDefined) -> PlaceShown:
    # The district is everybody's, and says nothing.
    areas = [area.name for each in reversed(place.path[1:]) if (area := directory.areas.get(each))]
    return PlaceShown(code=place.id, name=place.name, areas=areas)


def _already(directory: Directory, row: OpenTicketRow) -> OpenTicketShown:
    category = directory.categories.get(row.category) if row.category else None
    return OpenTicketShown(
        id=row.id,
        number=row.number,
        opened_at=row.opened_at,
        step=row.step,
        unit_name=unit_name(directory, row.unit),
        category_name=category.name if category else None,
    )
