"""The way to the desk over the identity provider: to it, back from it, and out again, here or there first."""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, ClassVar

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from itsdangerous import BadData, URLSafeSerializer

from services.routing.adapters.identity import (
    Attempt,
    ClocksDifferError,
    CodeSpentError,
    IdentityError,
    IdentityProvider,
    ProviderAwayError,
    WrongAnswerError,
    new_attempt,
)
from services.routing.handlers import Routing
from services.routing.handlers.accounts import UnknownStaffError, end_by_provider, sign_in_by_provider
from services.routing.pages.door_views import SignedOutPage, Trouble
from services.routing.pages.doors import (
    HOME,
    PROVIDER,
    RETURN,
    SIGN_IN,
    SIGNED_OUT_THERE,
    inside,
    remember,
    sign_in_page,
)
from shared.kernel import metrics
from shared.web.rendering import Renderer

log = structlog.get_logger()

ATTEMPT_COOKIE = "yima_sign_in"
# A cookie has room for 4 KB, and a longer address than this is nobody's bookmark.
NEXT_LENGTH_MAX = 1000
LOGOUT_BYTES_MAX = 64 * 1024
BAD_REQUEST = 400


class SignInOverError(IdentityError):
    """This sign-in was not begun in this browser, has been used, or took too long."""

    status = 400


class SignInCancelledError(IdentityError):
    """Whoever was to sign in did not, or was not let in by the identity provider."""

    status = 403


TROUBLES: dict[type[Exception], Trouble] = {
    SignInOverError: Trouble.OVER,
    CodeSpentError: Trouble.OVER,
    SignInCancelledError: Trouble.CANCELLED,
    ProviderAwayError: Trouble.AWAY,
    ClocksDifferError: Trouble.CLOCKS,
    WrongAnswerError: Trouble.WRONG,
    UnknownStaffError: Trouble.STRANGER,
}
# What the provider may answer in place of a code, other than that our question was wrong.
CANCELLED = ("access_denied", "login_required", "interaction_required", "consent_required")
AWAY = ("server_error", "temporarily_unavailable")


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes there and back; none where there is no provider."""
    routes = APIRouter()
    if service.provider:
        way = Way(service, renderer, service.provider, Attempts.signed_with(service.config.session_key))
        routes.add_api_route(PROVIDER, way.go, methods=["GET"], response_model=None)
        routes.add_api_route(RETURN, way.come_back, methods=["GET"], response_model=None)
        routes.add_api_route(
            SIGNED_OUT_THERE,
            way.sign_out_from_there,
            methods=["POST"],
            response_model=None,
            max_body_size=LOGOUT_BYTES_MAX,
        )
    return routes


@dataclass(frozen=True, slots=True)
class Attempts:
    """Sign-ins on their way, kept by the browser that began them: signed, so that it can not write its own."""

    serializer: URLSafeSerializer
    PURPOSE: ClassVar[str] = "sign-in by the identity provider"

    @classmethod
    def signed_with(cls, key: bytes) -> "Attempts":
        """Attempts that only who has this key can make."""
        return cls(URLSafeSerializer(key, salt=cls.PURPOSE, signer_kwargs={"digest_method": hashlib.sha256}))

    def sealed(self, attempt: Attempt, *, next_address: str, until_s: int) -> str:
        """What the browser keeps."""
        kept = {"attempt": asdict(attempt), "next": next_address, "until": until_s}
        return str(self.serializer.dumps(kept))

    def opened(self, kept: str, *, state: str, now_s: int) -> tuple[Attempt, str]:
        """The attempt, and where it leads.

        Raises:
            SignInOverError: it is none of ours, not the one that is answered, or too old.
        """
        try:
            held: dict[str, Any] = self.serializer.loads(kept)
        except BadData as error:
            raise SignInOverError from error
        attempt = Attempt(**held["attempt"])
        if not hmac.compare_digest(attempt.state.encode(), state.encode()) or held["until"] <= now_s:
            raise SignInOverError
        return attempt, held["next"]


@dataclass(frozen=True, slots=True)
class Way:
    """To the provider and back."""

    service: Routing
    renderer: Renderer
    provider: IdentityProvider
    attempts: Attempts

    async def go(self, request: Request) -> Response:
        """To the provider; `anew`, to sign in there as somebody else."""
        wanted = inside(request.query_params.get("next", HOME))
        wanted = wanted if len(wanted) <= NEXT_LENGTH_MAX else HOME
        attempt = new_attempt()
        try:
            address = await self.provider.sign_in_address(attempt, anew="anew" in request.query_params)
        except IdentityError as error:
            return self._refused(request, error, wanted)
        response = RedirectResponse(address, status_code=303)
        self._keep(response, attempt, wanted)
        return response

    async def come_back(self, request: Request) -> Response:
        """From the provider: in, or to the door with what went wrong and what to do."""
        asked = request.query_params
        wanted = HOME
        try:
            kept, state = request.cookies.get(ATTEMPT_COOKIE, ""), asked.get("state", "")
            attempt, wanted = self.attempts.opened(kept, state=state, now_s=self._now_s())
            code = _code_in(error=asked.get("error"), code=asked.get("code"))
            address = request.client.host if request.client else "unknown"
            session = await sign_in_by_provider(self.service, self.provider, attempt, code=code, address=address)
        except (IdentityError, UnknownStaffError) as error:
            response = self._refused(request, error, wanted)
        else:
            response = RedirectResponse(wanted, status_code=303)
            remember(response, session, self.service.config)
        # Used once, however it went.
        response.delete_cookie(ATTEMPT_COOKIE, path=SIGN_IN, **self._cookie_rules())
        return response

    async def sign_out_from_there(self, request: Request) -> Response:
        """The provider itself, not a browser, says whom it has signed out; its signature is the proof.

        Source: OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8, which name these answers.
        """
        token = (await request.form()).get("logout_token", "")
        address = request.client.host if request.client else "unknown"
        headers = {"cache-control": "no-store"}
        try:
            await end_by_provider(self.service, self.provider, str(token), address=address)
        except IdentityError as error:
            because = type(error.__cause__).__name__ if error.__cause__ else ""
            log.warning("provider_sign_out_refused", error=type(error).__name__, because=because)
            told = {"error": "invalid_request", "error_description": type(error).__doc__}
            return JSONResponse(told, status_code=BAD_REQUEST, headers=headers)
        log.info("provider_signed_out")
        return Response(headers=headers)

    def _refused(self, request: Request, error: IdentityError | UnknownStaffError, wanted: str) -> Response:
        because = type(error.__cause__).__name__ if error.__cause__ else ""
        log.warning("provider_sign_in_refused", error=type(error).__name__, because=because, where=metrics.where(error))
        account = error.account if isinstance(error, UnknownStaffError) else ""
        page = sign_in_page(self.service.config, wanted, trouble=TROUBLES[type(error)], account=account)
        return self.renderer.render(request, "sign_in.html", {"page": page}, status=type(error).status)

    def _keep(self, response: Response, attempt: Attempt, wanted: str) -> None:
        kept_s = int(timedelta(minutes=self.service.config.oidc_minutes).total_seconds())
        sealed = self.attempts.sealed(attempt, next_address=wanted, until_s=self._now_s() + kept_s)
        response.set_cookie(ATTEMPT_COOKIE, sealed, max_age=kept_s, path=SIGN_IN, **self._cookie_rules())

    def _cookie_rules(self) -> dict[str, Any]:
        # Lax, not strict: the browser comes back from another site.
        return {"secure": self.service.config.is_secure, "httponly": True, "samesite": "lax"}

    def _now_s(self) -> int:
        return int(self.service.runtime.ground.clock.now().timestamp())


def _code_in(*, error: str | None, code: str | None) -> str:
    """The code of the provider's answer.

    Raises:
        IdentityError: it answered something else in its place.
    """
    if error in CANCELLED:
        raise SignInCancelledError
    if error in AWAY:
        raise ProviderAwayError
    if error or not code:
        raise WrongAnswerError
    return code


async def farewell(service: Routing, renderer: Renderer, request: Request) -> Response:
    """Signed out here; on to the provider, where it has a page for that, so that nobody else comes in by it.

    By a page of ours, since a form may lead nowhere but to us: its answer may not send the browser to another site.
    """
    address = None
    if service.provider:
        try:
            address = await service.provider.sign_out_address(f"{service.config.public_url}{SIGN_IN}")
        except IdentityError as error:
            log.warning("provider_sign_out_not_offered", error=type(error).__name__, where=metrics.where(error))
    if address is None:
        return RedirectResponse(SIGN_IN, status_code=303)
    page = SignedOutPage(address=address, provider=service.config.oidc_name)
    response = renderer.render(request, "signed_out.html", {"page": page})
    response.headers["refresh"] = f"0; url={address}"
    return response
