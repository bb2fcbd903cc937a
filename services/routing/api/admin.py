"""For programs of a district's admin and auditor: editions, rules, people, contacts taken out; sessions ended."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query

from services.routing.api.admin_schemas import (
    AYear,
    BetweenEditions,
    ContactExportInFull,
    ContactExportsShown,
    DifferenceInFull,
    DifferencesShown,
    EditionInFull,
    EditionNumber,
    EditionsShown,
    Lately,
    PersonId,
    RuleId,
    RuleInFull,
    RulesShown,
    SignedOutInFull,
    UserInFull,
    UsersShown,
)
from services.routing.api.callers import SESSION, signed_in
from services.routing.api.schemas import NothingMore
from services.routing.handlers import Routing
from services.routing.handlers.accounts import Member
from services.routing.handlers.admin import (
    RulesRead,
    RuleUnknownError,
    User,
    end_sessions,
    read_between,
    read_contact_exports,
    read_edition,
    read_editions,
    read_rules,
    read_user,
    read_users,
)
from services.routing.handlers.reading import opened
from shared.kernel.bodies import described, json_of, only_query
from shared.kernel.description import PROBLEMS

BETWEEN = ("from", "to")


def router(service: Routing) -> APIRouter:
    """The routes under `/api/v1/admin`."""
    routes = APIRouter(prefix="/api/v1/admin", tags=["admin"], responses=PROBLEMS)

    _add_editions(routes, service)
    _add_rules(routes, service)
    _add_users(routes, service)
    _add_contact_exports(routes, service)
    return routes


def _add_editions(routes: APIRouter, service: Routing) -> None:
    @routes.get("/editions", dependencies=[SESSION, only_query()])
    async def editions(member: Annotated[Member, Depends(signed_in(service))]) -> EditionsShown:
        """版本 · What was published of the district, when and by whom, the newest first."""
        found = await read_editions(service, member)
        return EditionsShown(editions=[EditionInFull.model_validate(each, from_attributes=True) for each in found])

    @routes.get("/editions/{edition}", dependencies=[SESSION, only_query()])
    async def edition(
        member: Annotated[Member, Depends(signed_in(service))], edition: Annotated[EditionNumber, Path()]
    ) -> EditionInFull:
        """One publication."""
        return EditionInFull.model_validate(await read_edition(service, member, edition), from_attributes=True)

    @routes.get("/differences", dependencies=[SESSION, only_query(*BETWEEN)])
    async def differences(
        member: Annotated[Member, Depends(signed_in(service))], asked: Annotated[BetweenEditions, Query()]
    ) -> DifferencesShown:
        """差异 · What two editions differ by, field by field: the newest and the one before, where none are named."""
        found = await read_between(service, member, earlier=asked.earlier, later=asked.later)
        return DifferencesShown(
            earlier=found.earlier,
            later=found.later,
            differences=[DifferenceInFull.model_validate(each, from_attributes=True) for each in found.differences],
        )


def _add_rules(routes: APIRouter, service: Routing) -> None:
    @routes.get("/rules", dependencies=[SESSION, only_query(*Lately.model_fields)])
    async def rules(
        member: Annotated[Member, Depends(signed_in(service))], asked: Annotated[Lately, Query()]
    ) -> RulesShown:
        """规则 · The rules in the order in which they are asked, what each brings about, and how often it led."""
        read = await read_rules(service, member, days=asked.days)
        return RulesShown(edition=read.directory.edition, days=asked.days, rules=_rules(read))

    @routes.get("/rules/{rule}", dependencies=[SESSION, only_query(*Lately.model_fields)])
    async def rule(
        member: Annotated[Member, Depends(signed_in(service))],
        rule: Annotated[RuleId, Path()],
        asked: Annotated[Lately, Query()],
    ) -> RuleInFull:
        """One rule in force."""
        found = {each.id: each for each in _rules(await read_rules(service, member, days=asked.days))}
        if rule not in found:
            raise RuleUnknownError
        return found[rule]


def _add_users(routes: APIRouter, service: Routing) -> None:
    @routes.get("/users", dependencies=[SESSION, only_query()])
    async def users(member: Annotated[Member, Depends(signed_in(service))]) -> UsersShown:
        """人员 · The district's people and how they sign in."""
        return UsersShown(users=await _users(service, await read_users(service, member)))

    @routes.get("/users/{person}", dependencies=[SESSION, only_query()])
    async def user(
        member: Annotated[Member, Depends(signed_in(service))], person: Annotated[PersonId, Path()]
    ) -> UserInFull:
        """One of the district's people."""
        (found,) = await _users(service, [await read_user(service, member, person)])
        return found

    @routes.post(
        "/users/{person}/end-sessions",
        status_code=204,
        dependencies=[SESSION, only_query()],
        openapi_extra=described(NothingMore, required=False),
    )
    async def ending(
        member: Annotated[Member, Depends(signed_in(service))],
        person: Annotated[PersonId, Path()],
        _body: Annotated[NothingMore, Depends(json_of(NothingMore))],
        idempotency_key: Annotated[str, Header(min_length=1, max_length=200, description="The act happens once.")],
    ) -> None:
        """退出所有设备 · Every session of theirs ends within a second; they can sign in again. Who did it is kept."""
        await end_sessions(service, member, person, key=idempotency_key)


def _add_contact_exports(routes: APIRouter, service: Routing) -> None:
    @routes.get("/contact-exports", dependencies=[SESSION, only_query(*AYear.model_fields)])
    async def contact_exports(
        member: Annotated[Member, Depends(signed_in(service))], asked: Annotated[AYear, Query()]
    ) -> ContactExportsShown:
        """联系方式导出 · Who took reporters' contacts out, when, of which days and what for, the newest first."""
        found = await read_contact_exports(service, member, days=asked.days)
        return ContactExportsShown(
            contact_exports=[ContactExportInFull.model_validate(each, from_attributes=True) for each in found]
        )


def _rules(read: RulesRead) -> Sequence[RuleInFull]:
    return [
        RuleInFull(
            **dict(rule),
            place=place,
            hits=read.hits[rule.id].hits if rule.id in read.hits else 0,
            last_at=read.hits[rule.id].last_at if rule.id in read.hits else None,
        )
        for place, rule in enumerate(read.rules, 1)
    ]


async def _users(service: Routing, users: Sequence[User]) -> list[UserInFull]:
    names = await opened(service, [user.person.name for user in users])
    return [_user(user, names) for user in users]


def _user(user: User, names: Mapping[str, str | None]) -> UserInFull:
    out = user.signed_out
    return UserInFull(
        id=user.person.id,
        name=names[user.person.name.box] or user.person.id,
        role=user.person.role,
        unit=user.person.unit,
        first_password=user.first_password,
        signed_in_at=user.signed_in_at,
        by_provider=user.by_provider,
        sessions=user.sessions,
        signed_out=SignedOutInFull(at=out.at, by=out.by) if out else None,
    )
