"""The desk's door: sign in, set one's own password at the first time, sign out."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.routing.handlers import Routing
from services.routing.handlers.accounts import (
    LocalAccountsOffError,
    Member,
    SameAsBeforeError,
    SignedIn,
    WrongCredentialsError,
    change_password,
    member_of,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from services.routing.pages.door_views import FirstPasswordPage, SignInPage
from services.routing.pages.doors import (
    COOKIE,
    FIRST_PASSWORD,
    HOME,
    SIGN_IN,
    NotSignedInError,
    first_password_before,
    forget,
    inside,
    remember,
    sign_in_page,
)
from services.routing.pages.forms import mark_of, text_of
from services.routing.pages.provider import farewell
from shared.web.forms import EMPTY_FORM, Fault, FieldFault, Form
from shared.web.rendering import Renderer

PASSWORD_LENGTH_MAX = 200
ACCOUNT_LENGTH_MAX = 100
FORM_BYTES_MAX = 64 * 1024


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes of the door."""
    door = Door(service, renderer)
    routes = APIRouter()
    routes.add_api_route(SIGN_IN, door.show, methods=["GET"], response_model=None)
    routes.add_api_route(SIGN_IN, door.enter, methods=["POST"], response_model=None, max_body_size=FORM_BYTES_MAX)
    routes.add_api_route(FIRST_PASSWORD, door.show_first_password, methods=["GET"], response_model=None)
    routes.add_api_route(
        FIRST_PASSWORD, door.set_password, methods=["POST"], response_model=None, max_body_size=FORM_BYTES_MAX
    )
    routes.add_api_route("/desk/sign-out", door.leave, methods=["POST"], response_model=None)
    return routes


@dataclass(frozen=True, slots=True)
class Door:
    """The pages before the desk."""

    service: Routing
    renderer: Renderer

    async def show(self, request: Request) -> Response:
        """The empty sign-in form."""
        wanted = inside(request.query_params.get("next", HOME))
        return self._page(request, sign_in_page(self.service.config, wanted))

    async def enter(self, request: Request) -> Response:
        """Sign in, or say beside the field that it was not right."""
        form = await request.form()
        account, address = mark_of(form, "account", length_max=ACCOUNT_LENGTH_MAX), inside(text_of(form, "next"))
        client = request.client.host if request.client else "unknown"
        password = text_of(form, "password")[:PASSWORD_LENGTH_MAX]
        try:
            session = await sign_in(self.service, account=account, password=password, address=client)
        except WrongCredentialsError as refusal:
            faults = {"account": FieldFault(Fault.WRONG_CREDENTIALS)}
            page = sign_in_page(self.service.config, address, form=Form({"account": account}, faults))
            return self._page(request, page, status=refusal.status)
        except LocalAccountsOffError as refusal:
            # The form was open since before they were turned off.
            return self._page(request, sign_in_page(self.service.config, address), status=refusal.status)
        return self._let_in(session, address)

    async def show_first_password(self, request: Request) -> Response:
        """The empty form for one's own password."""
        member = await self._member(request)
        if not member.must_change:
            return RedirectResponse(HOME, status_code=303)
        return self._first_password(request, member, inside(request.query_params.get("next", HOME)), EMPTY_FORM)

    async def set_password(self, request: Request) -> Response:
        """One's own password in place of the first-use one."""
        member = await self._member(request)
        if not member.must_change:
            # Whoever finds a desk open must not be able to keep it: a new password is the administrator's to give.
            return RedirectResponse(HOME, status_code=303)
        form = await request.form()
        address, password = inside(text_of(form, "next")), text_of(form, "password")
        length_min = self.service.config.password_length_min
        faults = password_faults(password, text_of(form, "password_again"), length_min=length_min)
        if faults:
            return self._first_password(request, member, address, Form({}, faults))
        try:
            return self._let_in(await change_password(self.service, member, password), address)
        except SameAsBeforeError:
            same = {"password": FieldFault(Fault.SAME_AS_BEFORE)}
            return self._first_password(request, member, address, Form({}, same))

    async def leave(self, request: Request) -> Response:
        """End the session, or all of theirs, and the identity provider's where that began it."""
        everywhere = text_of(await request.form(), "everywhere")
        member = await member_of(self.service, request.cookies.get(COOKIE)) if everywhere else None
        by_provider = await sign_out(self.service, request.cookies.get(COOKIE, ""))
        if member is not None:
            await sign_out_everywhere(self.service, member)
        response: Response = RedirectResponse(SIGN_IN, status_code=303)
        if by_provider:
            response = await farewell(self.service, self.renderer, request)
        forget(response, secure=self.service.config.is_secure)
        return response

    async def _member(self, request: Request) -> Member:
        member = await member_of(self.service, request.cookies.get(COOKIE))
        if member is None:
            raise NotSignedInError
        return member

    def _page(self, request: Request, page: SignInPage, *, status: int = 200) -> Response:
        return self.renderer.render(request, "sign_in.html", {"page": page}, status=status)

    def _first_password(self, request: Request, member: Member, address: str, form: Form) -> Response:
        length_min = self.service.config.password_length_min
        page = FirstPasswordPage(account=member.actor.person, length_min=length_min, next=address, form=form)
        return self.renderer.render(request, "first_password.html", {"page": page}, status=422 if form.faults else 200)

    def _let_in(self, session: SignedIn, address: str) -> Response:
        response = RedirectResponse(first_password_before(address) if session.must_change else address, status_code=303)
        remember(response, session, self.service.config)
        return response


def password_faults(password: str, again: str, *, length_min: int) -> dict[str, FieldFault]:
    """What is wrong with a new password."""
    if len(password) < length_min:
        return {"password": FieldFault(Fault.TOO_SHORT, {"min": length_min})}
    if len(password) > PASSWORD_LENGTH_MAX:
        return {"password": FieldFault(Fault.TOO_LONG, {"max": PASSWORD_LENGTH_MAX})}
    return {} if password == again else {"password_again": FieldFault(Fault.NOT_EQUAL)}
