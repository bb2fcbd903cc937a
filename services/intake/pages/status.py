"""`/t/{token}`: how far a ticket is, for who holds its link; there it is rated, withdrawn, or said not to be fixed."""

import secrets

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from services.intake.domain.errors import Fault, Refusal, RefusedFieldsError
from services.intake.domain.progress import Progress
from services.intake.domain.ticket import may_dispute, may_rate, may_withdraw, rating_of
from services.intake.handlers import Intake, TicketSeen, dispute_fix, rate, ticket_seen_by_link, withdraw
from services.intake.handlers.places import unit_name
from services.intake.pages.answering import faults_of
from services.intake.pages.flash import flash, flashed, unflash
from services.intake.pages.report import RECEIPT
from services.intake.pages.sent_forms import SentForm, read_sent
from services.intake.pages.views import OtherShown, ReportedPage, Said, StatusPage, StepShown
from shared.contracts.directory import Name
from shared.contracts.intake import Rating
from shared.directory import Directory
from shared.privacy import Forgotten
from shared.web.forms import EMPTY_FORM, Form
from shared.web.rendering import Renderer


def routes(intake: Intake, renderer: Renderer, route: type[APIRoute]) -> APIRouter:
    """The page and its forms."""
    router = APIRouter(route_class=route, include_in_schema=False)

    @router.get("/t/{token}")
    async def page(token: str, request: Request) -> Response:
        said = flashed(request)
        seen = await ticket_seen_by_link(intake, token)
        if said == RECEIPT:
            view = await _reported_page(intake, seen, token)
            response: Response = renderer.render(request, "reported.html", {"page": view})
        else:
            status = await status_page(intake, seen, token, said=Said(said) if said in set(Said) else None)
            response = renderer.render(request, "status.html", {"page": status})
        if said:
            unflash(response, f"/t/{token}")
        return response

    router.include_router(_forms(intake, renderer, route))
    return router


def _forms(intake: Intake, renderer: Renderer, route: type[APIRoute]) -> APIRouter:
    router = APIRouter(route_class=route, include_in_schema=False)

    @router.post("/t/{token}/rating")
    async def rating(token: str, request: Request) -> Response:
        async with read_sent(request, "rating", "rating_words") as sent:
            try:
                await rate(
                    intake,
                    token,
                    rating=_rating(sent),
                    words=sent.get("rating_words"),
                    form_token=sent.form_token,
                )
            except RefusedFieldsError as error:
                form = _refused(sent, ("rating", "rating_words"), error)
                return await _again(intake, renderer, request, token, rating_form=form)
        return _said(request, token, Said.RATED)

    @router.post("/t/{token}/not-fixed")
    async def not_fixed(token: str, request: Request) -> Response:
        async with read_sent(request, "dispute_words") as sent:
            try:
                await dispute_fix(intake, token, words=sent.get("dispute_words"), form_token=sent.form_token)
            except RefusedFieldsError as error:
                form = _refused(sent, ("dispute_words",), error)
                return await _again(intake, renderer, request, token, dispute_form=form)
        return _said(request, token, Said.DISPUTED)

    @router.post("/t/{token}/withdrawal")
    async def withdrawal(token: str, request: Request) -> Response:
        async with read_sent(request, "withdraw_words") as sent:
            try:
                await withdraw(intake, token, words=sent.get("withdraw_words"), form_token=sent.form_token)
            except RefusedFieldsError as error:
                form = _refused(sent, ("withdraw_words",), error)
                return await _again(intake, renderer, request, token, withdraw_form=form)
        return _said(request, token, Said.WITHDRAWN)

    return router


async def status_page(
    intake: Intake,
    seen: TicketSeen,
    token: str,
    *,
    said: Said | None = None,
    rating_form: Form = EMPTY_FORM,
    dispute_form: Form = EMPTY_FORM,
    withdraw_form: Form = EMPTY_FORM,
) -> StatusPage:
    """What the page shows."""
    directory = await intake.directory.current()
    ticket, progress = seen.ticket, seen.progress
    category = directory.categories.get(ticket.category) if ticket.category else None
    return StatusPage(
        address=f"/t/{token}",
        number=ticket.number,
        place_name=_place_name(directory, ticket.place),
        category_name=category.name if category else None,
        text=await _text(intake, seen),
        photo_count=ticket.photo_count,
        steps=_steps(directory, progress),
        deadline=progress.deadline,
        observed_until=progress.observed_until(intake.now()),
        follow_up_at=progress.now.follow_up_at,
        form_token=secrets.token_urlsafe(32),
        others=[
            OtherShown(number=each.number, address=f"/t/{intake.tracking_token(each.id)}", link=each.link)
            for each in ticket.others
        ],
        may_rate=may_rate(ticket, progress),
        may_dispute=may_dispute(ticket, progress, at=intake.now()),
        may_withdraw=may_withdraw(ticket, progress),
        rating=rating_of(ticket, progress),
        said=said,
        rating_form=rating_form,
        dispute_form=dispute_form,
        withdraw_form=withdraw_form,
    )


async def _reported_page(intake: Intake, seen: TicketSeen, token: str) -> ReportedPage:
    directory = await intake.directory.current()
    return ReportedPage(
        number=seen.ticket.number,
        place_name=_place_name(directory, seen.ticket.place),
        status_address=f"/t/{token}",
        has_phone=seen.ticket.has_phone,
    )


async def _again(
    intake: Intake,
    renderer: Renderer,
    request: Request,
    token: str,
    *,
    rating_form: Form = EMPTY_FORM,
    dispute_form: Form = EMPTY_FORM,
    withdraw_form: Form = EMPTY_FORM,
) -> Response:
    seen = await ticket_seen_by_link(intake, token)
    view = await status_page(
        intake, seen, token, rating_form=rating_form, dispute_form=dispute_form, withdraw_form=withdraw_form
    )
    return renderer.render(request, "status.html", {"page": view}, status=RefusedFieldsError.status)


async def _text(intake: Intake, seen: TicketSeen) -> str | None:
    async with intake.runtime.pool.acquire() as connection:
        opened = await intake.keyring.opened(connection, seen.ticket.text)
    return None if isinstance(opened, Forgotten) else opened


def _steps(directory: Directory, progress: Progress) -> list[StepShown]:
    taken = [
        StepShown(step=each.step, at=each.at, unit_name=unit_name(directory, each.unit)) for each in progress.steps
    ]
    return [*taken, *(StepShown(step=step) for step in progress.to_come)]


def _place_name(directory: Directory, code: str) -> Name:
    place = directory.places.get(code)
    return place.name if place else Name(zh=code, en=code)


def _rating(sent: SentForm) -> Rating:
    given = sent.get("rating")
    if given not in set(Rating):
        raise RefusedFieldsError([Refusal("rating", Fault.NOT_A_CHOICE if given else Fault.REQUIRED)])
    return Rating(given)


def _refused(sent: SentForm, names: tuple[str, ...], error: RefusedFieldsError) -> Form:
    return Form({name: sent.get(name) for name in names}, faults_of(error.refusals))


def _said(request: Request, token: str, said: Said) -> Response:
    address = f"/t/{token}"
    response = RedirectResponse(address, 303)
    flash(response, request, address, said.value)
    return response
