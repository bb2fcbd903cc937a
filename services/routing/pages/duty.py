"""The routes of the duty page: who answers, handing over, and swaps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.routing.domain.duty.errors import (
    HoursMissingError,
    MayNotAnswerError,
    NotOfTheUnitError,
    TurnUnknownError,
)
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.shifts import Wanted, accept_swap, ask_swap, decline_swap, hand_over, withdraw_swap
from services.routing.pages.doors import signed_in
from services.routing.pages.duty_forms import DutyFilled, answering, handing_over, swapping
from services.routing.pages.duty_page import duty_page
from shared.web.forms import EMPTY_FORM, Fault, FieldFault, Form
from shared.web.rendering import Renderer

DUTY = "/desk/duty"
FORM_BYTES_MAX = 64 * 1024
HAND_OVER, SWAP = "hand-over", "swap"
ANSWERS = ("accept", "decline", "withdraw")


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes of the duty page."""
    duty = Duty(service, renderer)
    routes = APIRouter()
    routes.add_api_route(DUTY, duty.show, methods=["GET"], response_model=None)
    for address, act in ((HAND_OVER, duty.hand_over), (SWAP, duty.swap), ("swaps/{swap}/{answer}", duty.answer)):
        routes.add_api_route(
            f"{DUTY}/{address}", act, methods=["POST"], response_model=None, max_body_size=FORM_BYTES_MAX
        )
    return routes


@dataclass(frozen=True, slots=True)
class Duty:
    """The duty page and its acts."""

    service: Routing
    renderer: Renderer

    async def show(self, request: Request) -> Response:
        """Who answers now and next."""
        return await self._page(request, await signed_in(self.service, request))

    async def hand_over(self, request: Request) -> Response:
        """Somebody else answers from now on."""
        member = await signed_in(self.service, request)
        filled = handing_over(await request.form())

        async def act() -> None:
            await hand_over(self.service, _wanted(member, filled), to_person=filled.to, hours=filled.hours_asked)

        return await self._done(request, member, filled, HAND_OVER, act)

    async def swap(self, request: Request) -> Response:
        """Two turns are to change hands."""
        member = await signed_in(self.service, request)
        filled = swapping(await request.form())

        async def act() -> None:
            if filled.turn and filled.other:
                await ask_swap(self.service, _wanted(member, filled), turn=filled.turn, other=filled.other)

        return await self._done(request, member, filled, SWAP, act)

    async def answer(self, request: Request, swap: UUID, answer: str) -> Response:
        """A swap is agreed to, declined or withdrawn."""
        member = await signed_in(self.service, request)
        if answer not in ANSWERS:
            raise HTTPException(404)
        filled = answering(await request.form(), in_words=answer == "decline")
        does = {"accept": accept_swap, "decline": decline_swap, "withdraw": withdraw_swap}[answer]

        async def act() -> None:
            await does(self.service, _wanted(member, filled), swap)

        return await self._done(request, member, filled, f"{answer}-{swap}", act)

    async def _done(
        self, request: Request, member: Member, filled: DutyFilled, what: str, act: Callable[[], Awaitable[None]]
    ) -> Response:
        """Back to the page; with the form again where a field is to blame."""
        if not filled.key:
            raise HTTPException(400)
        faults = dict(filled.faults)
        if not faults:
            try:
                await act()
            except (HoursMissingError, MayNotAnswerError, NotOfTheUnitError, TurnUnknownError) as refusal:
                if not refusal.faults:
                    raise
                faults = {each.field: FieldFault(Fault.NOT_A_CHOICE) for each in refusal.faults}
        if faults:
            return await self._page(request, member, form=filled.shown(faults), refused=what)
        return RedirectResponse(DUTY, status_code=303)

    async def _page(self, request: Request, member: Member, *, form: Form = EMPTY_FORM, refused: str = "") -> Response:
        forgotten = self.renderer.say(request, "case.forgotten")
        page = await duty_page(self.service, member, forgotten=forgotten, form=form, refused=refused)
        return self.renderer.render(request, "duty.html", {"page": page}, status=422 if refused else 200)


def _wanted(member: Member, filled: DutyFilled) -> Wanted:
    return Wanted(member=member, key=filled.key, words=filled.words)
