"""The admin's pages: editions and their differences, rules in order, people and their sessions, contacts taken out."""

import secrets
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.routing.domain.permissions import ADMIN_TABLE, AdminAction
from services.routing.handlers import Routing
from services.routing.handlers.admin import (
    User,
    end_sessions,
    read_between,
    read_contact_exports,
    read_editions,
    read_rules,
    read_users,
)
from services.routing.handlers.reading import opened
from services.routing.pages.admin_rules import rules_shown
from services.routing.pages.admin_views import (
    ContactExportShown,
    ContactExportsPage,
    DifferencesPage,
    EditionsPage,
    RulesPage,
    UserShown,
    UsersPage,
)
from services.routing.pages.doors import signed_in
from services.routing.pages.forms import mark_of
from services.routing.pages.names import Names, staff_of
from shared.contracts.directory import Name
from shared.web.rendering import Renderer

ADMIN = "/desk/admin"
PERSON_LENGTH_MAX = 100
DIGITS_MAX = 6
HITS_DAYS = 30
EXPORTS_DAYS = 366
FORM_BYTES_MAX = 64 * 1024


def router(service: Routing, renderer: Renderer) -> APIRouter:
    """The routes of the admin's pages."""
    admin = Admin(service, renderer)
    routes = APIRouter()
    pages = {
        "": admin.editions,
        "/differences": admin.differences,
        "/rules": admin.rules,
        "/users": admin.users,
        "/contact-exports": admin.contact_exports,
    }
    for address, page in pages.items():
        routes.add_api_route(f"{ADMIN}{address}", page, methods=["GET"], response_model=None)
    routes.add_api_route(
        f"{ADMIN}/users/end-sessions",
        admin.end_sessions,
        methods=["POST"],
        response_model=None,
        max_body_size=FORM_BYTES_MAX,
    )
    return routes


@dataclass(frozen=True, slots=True)
class Admin:
    """The admin's pages."""

    service: Routing
    renderer: Renderer

    async def editions(self, request: Request) -> Response:
        """What was published when."""
        member = await signed_in(self.service, request)
        editions = await read_editions(self.service, member)
        page = EditionsPage(staff=await staff_of(self.service, member), editions=editions)
        return self.renderer.render(request, "admin_editions.html", {"page": page})

    async def differences(self, request: Request) -> Response:
        """What two editions differ by: the newest and the one before, where none were named."""
        member = await signed_in(self.service, request)
        found = await read_between(self.service, member, earlier=_number(request, "from"), later=_number(request, "to"))
        page = DifferencesPage(
            staff=await staff_of(self.service, member),
            editions=found.editions,
            earlier=found.earlier,
            later=found.later,
            differences=found.differences,
        )
        return self.renderer.render(request, "admin_differences.html", {"page": page})

    async def rules(self, request: Request) -> Response:
        """The rules in the order in which they are asked."""
        member = await signed_in(self.service, request)
        read = await read_rules(self.service, member, days=HITS_DAYS)
        page = RulesPage(
            staff=await staff_of(self.service, member),
            edition=read.directory.edition,
            days=HITS_DAYS,
            rules=rules_shown(read),
        )
        return self.renderer.render(request, "admin_rules.html", {"page": page})

    async def users(self, request: Request) -> Response:
        """The district's people."""
        member = await signed_in(self.service, request)
        users = await read_users(self.service, member)
        page = UsersPage(
            staff=await staff_of(self.service, member),
            users=await self._shown(users),
            may_end=AdminAction.END_SESSIONS in ADMIN_TABLE[member.actor.role],
        )
        return self.renderer.render(request, "admin_users.html", {"page": page})

    async def contact_exports(self, request: Request) -> Response:
        """Who took reporters' contacts out of the platform, and what for."""
        member = await signed_in(self.service, request)
        exports = await read_contact_exports(self.service, member, days=EXPORTS_DAYS)
        names = Names(await self.service.directory.current())
        page = ContactExportsPage(
            staff=await staff_of(self.service, member),
            days=EXPORTS_DAYS,
            exports=[
                ContactExportShown(export=each, unit_name=names.unit(each.unit) or Name(zh="", en=""))
                for each in exports
            ],
        )
        return self.renderer.render(request, "admin_contact_exports.html", {"page": page})

    async def end_sessions(self, request: Request) -> Response:
        """Somebody is signed out everywhere."""
        member = await signed_in(self.service, request)
        person = mark_of(await request.form(), "person", length_max=PERSON_LENGTH_MAX)
        # Each press counts: on a page from before they signed in anew, none may pass for the one before it.
        await end_sessions(self.service, member, person, key=secrets.token_urlsafe(16))
        return RedirectResponse(f"{ADMIN}/users", status_code=303)

    async def _shown(self, users: list[User]) -> list[UserShown]:
        texts = await opened(self.service, [user.person.name for user in users])
        names = Names(await self.service.directory.current())
        return [
            UserShown(
                id=user.person.id,
                name=texts[user.person.name.box] or user.person.id,
                role=user.person.role,
                unit_name=names.unit(user.person.unit) or Name(zh="", en=""),
                first_password=user.first_password,
                signed_in_at=user.signed_in_at,
                by_provider=user.by_provider,
                sessions=user.sessions,
                signed_out=user.signed_out,
            )
            for user in users
        ]


def _number(request: Request, name: str) -> int | None:
    written = request.query_params.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= DIGITS_MAX else None
