"""Cases for a member of staff's programs: sign in for a token, list, read, act."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from services.routing.api.schemas import Act, CaseInFull, CaseShown, CasesShown, Credentials, PartInFull, Session
from services.routing.domain.case.joint import Part
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member, member_of, sign_in, sign_out
from services.routing.handlers.acts import ACTS, Asked, Given, allowed
from services.routing.handlers.reading import CaseRead, opened, read_case
from services.routing.queries import ListedCase, inbox_rows, inbox_totals
from shared.contracts.routing import CaseOpened
from shared.kernel.problems import FieldProblem, ProblemError

FILTER = "^(mine|unit|area|unassigned|closed)$"
JSON_BYTES_MAX = 64 * 1024
OF_WHOM_WORDS_ARE_NEEDED = frozenset(
    {"return", "transfer", "note", "resolve", "verify-fail", "whistle", "task-done", "task-decline", "task-insist"}
)
OF_WHOM_A_UNIT_IS_NEEDED = frozenset({"transfer", "task-release", "task-insist", "task-take-over"})


class NotSignedInError(ProblemError):
    """Sign in at `/api/v1/cases/session` and send the token as `Authorization: Bearer`."""

    status = 401


class FirstPasswordFirstError(ProblemError):
    """The first-use password must be changed at the desk before anything else."""

    status = 403


class FieldMissingError(ProblemError):
    """The act needs a field that is not there."""

    status = 422


class UnknownActError(ProblemError):
    """There is no such act."""

    status = 404


class VersionNotValidError(ProblemError):
    """If-Match takes the ETag that the case was read with, such as "7"."""

    status = 400


def router(service: Routing) -> APIRouter:
    """The routes under `/api/v1/cases`."""
    routes = APIRouter(prefix="/api/v1/cases", tags=["cases"])

    _add_sessions(routes, service)

    @routes.get("")
    async def listed(
        request: Request,
        show: Annotated[str, Query(pattern=FILTER)] = "unit",
        page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    ) -> CasesShown:
        """The cases that you may see, by deadline, with exact totals."""
        return await cases_shown(service, await signed_in(service, request), show=show, page=page)

    @routes.get("/{case_id}")
    async def one(request: Request, response: Response, case_id: UUID) -> CaseInFull:
        """One case with its timeline and the acts that it takes from you now; its ETag is its version."""
        member = await signed_in(service, request)
        read = await read_case(service, member, case_id)
        response.headers["ETag"] = f'"{read.version}"'
        return await in_full(service, member, read)

    @routes.post("/{case_id}/{name}", status_code=204, max_body_size=JSON_BYTES_MAX)
    async def act(
        request: Request,
        case_id: UUID,
        name: str,
        body: Act,
        idempotency_key: Annotated[str, Header(min_length=1, max_length=200)],
        if_match: Annotated[str | None, Header()] = None,
    ) -> None:
        """Act on a case; with If-Match only if nobody has acted on it since you read it."""
        member = await signed_in(service, request)
        check(name, body)
        asked = Asked(member=member, case_id=case_id, key=idempotency_key, version=version_in(if_match))
        await ACTS[name](service, asked, Given(words=body.words or "", unit=body.unit or "", units=body.units))

    return routes


def _add_sessions(routes: APIRouter, service: Routing) -> None:
    @routes.post("/session", status_code=201, max_body_size=JSON_BYTES_MAX)
    async def begin(request: Request, who: Credentials) -> Session:
        """Sign in: account and password for a token."""
        client = request.client.host if request.client else "unknown"
        session = await sign_in(service, account=who.account, password=who.password, address=client)
        if session.must_change:
            await sign_out(service, session.token)
            raise FirstPasswordFirstError
        return Session(token=session.token, expires_at=session.expires_at)

    @routes.delete("/session", status_code=204)
    async def end(request: Request) -> None:
        """Sign out: the token is good for nothing any more."""
        await sign_out(service, bearer(request))


def bearer(request: Request) -> str:
    """The token of the request; a cookie never counts here, since no form's field guards this interface."""
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


async def signed_in(service: Routing, request: Request) -> Member:
    """The member of staff whose program asks.

    Raises:
        NotSignedInError: there is no session, or it is over.
    """
    member = await member_of(service, bearer(request))
    if member is None:
        raise NotSignedInError
    return member


def check(name: str, body: Act) -> None:
    """Whether the act exists and has what it needs.

    Raises:
        UnknownActError: it does not exist.
        FieldMissingError: it lacks words, a unit or units.
    """
    if name not in ACTS:
        raise UnknownActError
    missing = ["words"] if name in OF_WHOM_WORDS_ARE_NEEDED and not body.words else []
    missing += ["unit"] if name in OF_WHOM_A_UNIT_IS_NEEDED and not body.unit else []
    missing += ["units"] if name == "whistle" and not body.units else []
    if missing:
        raise FieldMissingError(fields=[FieldProblem(field, "is missing", "Say it.") for field in missing])


def version_in(if_match: str | None) -> int | None:
    """The version that the caller looked at; none when they do not say.

    Raises:
        VersionNotValidError: it is no version.
    """
    if if_match is None:
        return None
    digits = if_match.strip().strip('"')
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 9:
        raise VersionNotValidError
    return int(digits)


async def cases_shown(service: Routing, member: Member, *, show: str, page: int) -> CasesShown:
    """One page of a filter."""
    pool, size = service.runtime.pool, service.config.inbox_page_rows
    totals = await inbox_totals(pool, member.sight)
    rows = await inbox_rows(pool, member.sight, show, limit=size, offset=(page - 1) * size)
    texts = await opened(service, (row.text for row in rows))
    return CasesShown(total=totals[show], page=page, cases=[_shown(row, texts[row.text.box]) for row in rows])


def _shown(row: ListedCase, words: str | None) -> CaseShown:
    return CaseShown(
        id=row.id,
        number=row.number,
        status=row.status,
        unit=row.unit,
        place=row.place,
        area=row.area,
        category=row.category,
        urgent=row.urgent,
        opened_at=row.opened_at,
        clock=row.clock,
        due_at=row.due_at,
        words=words,
    )


async def in_full(service: Routing, member: Member, read: CaseRead) -> CaseInFull:
    """One case."""
    case = read.case
    text = next(event.text for event in read.events if isinstance(event, CaseOpened))
    return CaseInFull(
        id=case.id,
        version=read.version,
        number=case.matter.number,
        status=case.status,
        unit=case.unit,
        place=case.matter.place,
        area=case.matter.area,
        category=case.matter.category,
        urgent=case.matter.urgency == "urgent",
        history=case.history,
        rule=case.rule,
        accept_by=case.deadlines.accept_by,
        resolve_by=case.deadlines.resolve_by,
        words=(await opened(service, [text]))[text.box],
        parts=[_part(part) for part in case.joint.values()],
        acts=allowed(member.sight, case, now=service.runtime.ground.clock.now()),
    )


def _part(part: Part) -> PartInFull:
    return PartInFull(
        unit=part.unit,
        called_by=part.called_by,
        state=part.state,
        report_by=part.report_in.deadline,
        reported_at=part.reported_at,
        late=part.is_late,
    )
