"""Cases for a member of staff's programs: sign in for a token, list, read, act."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from services.routing.api.acts import add_acts
from services.routing.api.bulk import add_bulk
from services.routing.api.callers import SESSION, FirstPasswordFirstError, bearer, signed_in
from services.routing.api.schemas import (
    CaseInFull,
    CaseShown,
    CasesShown,
    CategoryChoice,
    ContactInFull,
    Credentials,
    FollowUpInFull,
    HappenedInFull,
    ListQuery,
    PartInFull,
    PassIssued,
    Session,
    UnitChoice,
)
from services.routing.domain.case import Status
from services.routing.domain.case.follow_up import FollowUp
from services.routing.domain.case.joint import Part
from services.routing.domain.inbox import Wanted
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member, pass_of, sign_in, sign_out, sign_out_everywhere
from services.routing.handlers.choices import allowed, units_for
from services.routing.handlers.contact import contact_of
from services.routing.handlers.inbox import read_inbox
from services.routing.handlers.reading import (
    CaseRead,
    asked_until,
    known_id,
    observed_until,
    opened,
    read_case,
    task_of,
    words_in,
)
from services.routing.queries import ListedCase
from shared.contracts.envelope import Sealed
from shared.contracts.routing import CaseOpened, RoutingEvent
from shared.kernel.bodies import described, json_of, only_query
from shared.kernel.description import PROBLEMS, header_described

SIGNING_IN = {"account": "committee-lead-1", "password": "four plain words here"}
# The version that an act can be tied to by If-Match.
WITH_ETAG: dict[int | str, dict[str, Any]] = {200: {"headers": header_described("ETag", "Its version.")}}


def router(service: Routing) -> APIRouter:
    """The routes under `/api/v1/cases`."""
    routes = APIRouter(prefix="/api/v1/cases", tags=["cases"], responses=PROBLEMS)

    _add_sessions(routes, service)
    _add_reading(routes, service)
    # Before the acts on one case, of which it would be taken for one.
    add_bulk(routes, service)
    add_acts(routes, service)
    return routes


def _add_reading(routes: APIRouter, service: Routing) -> None:
    @routes.get("", dependencies=[SESSION, only_query(*ListQuery.model_fields)])
    async def listed(
        asked: Annotated[ListQuery, Query()], member: Annotated[Member, Depends(signed_in(service))]
    ) -> CasesShown:
        """The cases that you may see, by deadline, narrowed as you ask, with exact totals."""
        return await cases_shown(service, member, asked.wanted())

    @routes.get("/{case_id}", responses=WITH_ETAG, dependencies=[SESSION, only_query()])
    async def one(
        response: Response, case_id: str, member: Annotated[Member, Depends(signed_in(service))]
    ) -> CaseInFull:
        """One case with its joint work, the acts that it takes from you now and the units that they can name."""
        read = await read_case(service, member, known_id(case_id))
        response.headers["ETag"] = f'"{read.version}"'
        return await in_full(service, member, read)


def _add_sessions(routes: APIRouter, service: Routing) -> None:
    @routes.post("/session", status_code=201, openapi_extra=described(Credentials, example=SIGNING_IN))
    async def begin(request: Request, who: Annotated[Credentials, Depends(json_of(Credentials))]) -> Session:
        """Sign in: account and password for a token."""
        client = request.client.host if request.client else "unknown"
        session = await sign_in(service, account=who.account, password=who.password, address=client)
        if session.must_change:
            await sign_out(service, session.token)
            raise FirstPasswordFirstError
        return Session(token=session.token, expires_at=session.expires_at)

    @routes.post("/pass", status_code=201, dependencies=[SESSION])
    async def let_on(member: Annotated[Member, Depends(signed_in(service))]) -> PassIssued:
        """A pass for ten seconds, by which the figures' interface knows you and shows the tickets behind them."""
        token, expires_at = pass_of(service, member)
        return PassIssued(token=token, expires_at=expires_at)

    @routes.delete("/session", status_code=204, dependencies=[SESSION])
    async def end(request: Request) -> None:
        """Sign out: the token is good for nothing any more."""
        await sign_out(service, bearer(request))

    @routes.delete("/sessions", status_code=204, dependencies=[SESSION])
    async def end_all(member: Annotated[Member, Depends(signed_in(service))]) -> None:
        """Sign out everywhere: every session of yours ends, also those of the desk."""
        await sign_out_everywhere(service, member)


async def cases_shown(service: Routing, member: Member, wanted: Wanted) -> CasesShown:
    """One page of a list; whichever it is, it holds only what this member may see."""
    read = await read_inbox(service, member, wanted)
    page = read.page
    texts = await opened(service, (row.text for row in page.rows))
    return CasesShown(
        total=read.total,
        totals=read.totals,
        before=page.before,
        next=page.next and page.next.written(),
        previous=page.previous and page.previous.written(),
        cases=[_shown(row, texts[row.text.box]) for row in page.rows],
    )


def _shown(row: ListedCase, words: str | None) -> CaseShown:
    return CaseShown(
        id=row.id,
        version=row.version,
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
        suspended_until=row.suspended_until,
        duplicates=row.duplicates,
        words=words,
    )


async def in_full(service: Routing, member: Member, read: CaseRead) -> CaseInFull:
    """One case."""
    case, rulebook = read.case, await service.rulebooks.current()
    begun = next(event for event in read.events if isinstance(event, CaseOpened))
    said = await opened(service, [begun.text, *filter(None, map(words_in, read.events))])
    contact = (await contact_of(service, case)).masked
    waiting = [each for each in case.questions.values() if each.waits]
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
        stated_urgency=begun.stated_urgency,
        channel=case.channel,
        history=case.history,
        rule=case.rule,
        accept_by=case.deadlines.accept_by,
        first_response_by=case.first_response.deadline,
        resolve_by=case.deadlines.resolve_by,
        verify_by=case.verify.deadline if case.status is Status.RESOLVED else None,
        verifier=case.verifier,
        observed_until=observed_until(case, service.runtime.ground.clock.now()),
        asked_until=asked_until(case),
        answer_by=min((each.answer.deadline for each in waiting if each.answer.deadline), default=None),
        suspended_until=case.suspension.until if case.suspension and case.is_suspended else None,
        master=case.master,
        duplicates=case.duplicates,
        split_from=case.split_from,
        link=case.link if case.split_from else None,
        split_off=case.split_off,
        withdrawn=case.reporter_withdrew,
        words=said[begun.text.box],
        contact=ContactInFull(name=contact.name, phone=contact.phone),
        parts=[_part(part, task=_words(task_of(read, part.unit), said)) for part in case.joint.values()],
        follow_ups=[_follow_up(each, task=_words(each.task, said)) for each in case.follow_ups.values()],
        way=[_happened(event, said) for event in read.events],
        units=[UnitChoice(id=unit.id, name=unit.name) for unit in units_for(case, rulebook)],
        categories=[
            CategoryChoice(id=category.id, name=category.name) for category in rulebook.open_categories.values()
        ],
        acts=allowed(member.sight, case, rulebook=rulebook, now=service.runtime.ground.clock.now()),
    )


def _words(words: Sealed | None, said: Mapping[str, str | None]) -> str | None:
    return said[words.box] if words else None


def _happened(event: RoutingEvent, said: Mapping[str, str | None]) -> HappenedInFull:
    return HappenedInFull(
        event=type(event).__name__,
        at=event.at,
        unit=getattr(event, "unit", None),
        by=getattr(event, "by", None),
        words=_words(words_in(event), said),
    )


def _follow_up(known: FollowUp, *, task: str | None) -> FollowUpInFull:
    return FollowUpInFull(
        id=known.id,
        unit=known.unit,
        task=task,
        by_rule=known.by_rule,
        state=known.state,
        due=known.due,
        deadline=known.deadline,
        every_days=known.every_days,
        in_working_days=known.working_days,
        occurrence=known.occurrence,
        times=known.times,
        done=known.done,
        missed=known.missed,
    )


def _part(part: Part, *, task: str | None) -> PartInFull:
    return PartInFull(
        unit=part.unit,
        called_by=part.called_by,
        task=task,
        state=part.state,
        report_by=part.report_in.deadline,
        reported_at=part.reported_at,
        late=part.is_late,
    )
