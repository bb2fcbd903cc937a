"""RFC 9457 problem details: one shape for every refusal, field by field, with nothing personal in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel import metrics
from shared.kernel.correlation import Correlated
from shared.kernel.database import PLATFORM_ERRORS
from shared.kernel.event_store import ConcurrentAppendError, IdempotencyConflictError
from shared.kernel.misread import BODY, NOT_A_FORM, NOT_JSON, FieldProblem, fields_misread
from shared.kernel.objects import ObjectsAwayError
from shared.kernel.timing import Timed
from shared.kernel.work import RaceLostError

log = structlog.get_logger()

TYPE_BASE = "/problems/"

Refusal = TypeVar("Refusal", bound=BaseException)


class ProblemError(Exception):
    """Base of the errors that become a problem; the docstring is the title, the class knows its status."""

    status: ClassVar[int] = 400

    def __init__(self, detail: str = "", fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail or type(self).title())
        self.detail = detail
        self.fields = tuple(fields)

    @classmethod
    def title(cls) -> str:
        """What the docstring says, in one line."""
        return meaning(cls)

    @classmethod
    def type_path(cls) -> str:
        """Where `docs/problems.md` explains it."""
        return TYPE_BASE + problem_name(cls)


def meaning(error: type[BaseException]) -> str:
    """What an error's docstring says, in one line."""
    return " ".join((error.__doc__ or error.__name__).split())


def problem_name(error: type[BaseException]) -> str:
    """`UnknownPlaceError` becomes `unknown-place`."""
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in error.__name__)
    return words.removeprefix("-").removesuffix("-error")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as it is sent."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: Sequence[FieldProblem] = field(default_factory=tuple)
    headers: dict[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def response(self, app: FastAPI) -> JSONResponse:
        """As `application/problem+json`."""
        return JSONResponse(self.body(app), self.status, headers=self.headers, media_type="application/problem+json")

    def body(self, app: FastAPI) -> dict[str, Any]:
        """Its members, with what this application was told to do about it, and what this kind has beside the usual."""
        body: dict[str, Any] = {"type": self.type, "title": self.title, "status": self.status}
        if self.detail:
            body["detail"] = self.detail
        if remedy := app.state.remedies.get(self.type.removeprefix(TYPE_BASE)):
            body["remedy"] = remedy
        if self.errors:
            body["errors"] = [
                {"field": each.field, "reason": each.reason, "remedy": each.remedy} for each in self.errors
            ]
        return {**body, **self.more}


def of_kind(kind: type[BaseException], status: int, errors: Sequence[FieldProblem] = ()) -> Problem:
    """What this kind of error says of itself."""
    return Problem(TYPE_BASE + problem_name(kind), meaning(kind), status, errors=errors)


# What the platform answers with by itself; each has its page, like every other problem.
INVALID_REQUEST = Problem(
    f"{TYPE_BASE}invalid-request", "The request does not have the form that this operation takes.", 422
)
UNAVAILABLE = Problem(
    f"{TYPE_BASE}unavailable",
    "The service can not do its work at the moment. Whether this was still done is not known: "
    "try again with the same key, or look first.",
    503,
    headers={"Retry-After": "5"},
)
PHOTOS_AWAY = Problem(
    f"{TYPE_BASE}photos-away",
    "Photos can be neither kept nor shown at the moment; nothing was done. "
    "Leave them out, or try again later with the same key.",
    503,
    headers={"Retry-After": "30"},
)
UNEXPECTED = Problem(
    f"{TYPE_BASE}unexpected", "Something unexpected happened; it is in our log. Try again with the same key.", 500
)
UNKNOWN_ADDRESS = Problem(f"{TYPE_BASE}unknown-address", "Nothing stands at this address.", 404)
METHOD_NOT_ALLOWED = Problem(f"{TYPE_BASE}method-not-allowed", "This address does not take this method.", 405)
BODY_TOO_LARGE = Problem(f"{TYPE_BASE}body-too-large", "The request is larger than this operation takes.", 413)
UNSUPPORTED_BODY = Problem(f"{TYPE_BASE}unsupported-body", "This operation takes JSON (`application/json`).", 415)
OF_FRAMEWORK = {each.status: each for each in (UNKNOWN_ADDRESS, METHOD_NOT_ALLOWED, BODY_TOO_LARGE, UNSUPPORTED_BODY)}
OWN = (INVALID_REQUEST, UNAVAILABLE, PHOTOS_AWAY, UNEXPECTED, *OF_FRAMEWORK.values())


def install(app: FastAPI, remedies: Mapping[str, str]) -> None:
    """Have every refusal of an application answered as a problem, and every request be found in the log.

    `remedies` are what to do about each problem, by its name.
    """
    app.state.remedies = remedies
    app.state.shown_unexpected = None
    answer_with(app, ProblemError, _problem)
    answer_with(app, RequestValidationError, _invalid)
    answer_with(app, HTTPException, _http)
    answer_with(app, IdempotencyConflictError, _conflict(HTTPStatus.UNPROCESSABLE_ENTITY))
    answer_with(app, ConcurrentAppendError, _conflict(HTTPStatus.CONFLICT))
    answer_with(app, RaceLostError, _unavailable)
    answer_with(app, ObjectsAwayError, _photos_away)
    for error in PLATFORM_ERRORS:
        answer_with(app, error, _unavailable)
    app.add_middleware(_CatchAll)
    app.add_middleware(Timed)
    app.add_middleware(Correlated)


def show_unexpected(app: FastAPI, shown: Callable[[Request], Response | None]) -> None:
    """Have what nobody expected shown so; where that is nothing, it is told as a problem."""
    app.state.shown_unexpected = shown


def answer_with(app: FastAPI, kind: type[Refusal], answer: Callable[[Request, Refusal], Awaitable[Response]]) -> None:
    """Have one kind of error answered so; the framework's own method knows only that it is some exception."""
    app.add_exception_handler(kind, answer)  # type: ignore[arg-type]


async def _problem(request: Request, error: ProblemError) -> JSONResponse:
    kind = type(error)
    return Problem(kind.type_path(), kind.title(), kind.status, error.detail, error.fields).response(request.app)


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    return replace(INVALID_REQUEST, errors=tuple(fields_misread(error.errors()))).response(request.app)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == HTTPStatus.BAD_REQUEST:
        # The framework's own, for a body that it can not take apart.
        is_form = "form" in request.headers.get("content-type", "")
        return replace(INVALID_REQUEST, errors=(FieldProblem(BODY, *(NOT_A_FORM if is_form else NOT_JSON)),)).response(
            request.app
        )
    headers = dict(error.headers or {})
    if error.status_code in OF_FRAMEWORK:
        return replace(OF_FRAMEWORK[error.status_code], headers=headers).response(request.app)
    return Problem("about:blank", HTTPStatus(error.status_code).phrase, error.status_code, headers=headers).response(
        request.app
    )


def _conflict(status: HTTPStatus) -> Any:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        return of_kind(type(error), status).response(request.app)

    return answer


async def _unavailable(request: Request, error: BaseException) -> JSONResponse:
    log_unavailable(error)
    return UNAVAILABLE.response(request.app)


def log_unavailable(error: BaseException) -> None:
    """Say in the log what could not be had, and where it was asked for; its text can be personal."""
    log.error("unavailable", error=type(error).__name__, where=metrics.where(error))


async def _photos_away(request: Request, _error: ObjectsAwayError) -> JSONResponse:
    # Logged and counted where it was asked.
    return PHOTOS_AWAY.response(request.app)


# Raises within an application what it then answers itself.
BODY_LIMIT = "starlette.middleware.body_limit"


class _CatchAll:
    """The last edge: what nobody expected is logged by type and place only, since its text can be personal."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            # Nobody is left to be answered, and nothing is wrong here.
            return
        except Exception as error:
            if type(error).__module__ == BODY_LIMIT:
                raise
            log.error("unexpected", error=type(error).__name__, where=metrics.where(error))
            if not started and scope["type"] == "http":
                await _told_unexpected(Request(scope, receive))(scope, receive, send)


def _told_unexpected(request: Request) -> Response:
    shown: Callable[[Request], Response | None] | None = request.app.state.shown_unexpected
    try:
        return (shown(request) if shown else None) or UNEXPECTED.response(request.app)
    except Exception as error:  # noqa: BLE001 - what tells of a fault can have one of its own, and its text stays here too.
        log.error("unexpected", error=type(error).__name__, where=metrics.where(error))
        return UNEXPECTED.response(request.app)
