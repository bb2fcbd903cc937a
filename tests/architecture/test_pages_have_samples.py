"""Every page that a service answers with has a sample, which the tests render and look at in a browser."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute

from services import intake, notify, reporting, routing
from services.case_states import SITUATIONS
from services.routing.domain.case import Status
from services.routing.domain.permissions import Action
from services.routing.handlers.acts import ACTS
from tests.unit.web.case_samples import pages_in
from tests.unit.web.sample_pages import PAGES

ROOT = Path(__file__).parents[2]
# What each address answers with: samples of each of its states.
SHOWN: Mapping[str, Sequence[str]] = {
    "/r/{code}": ("report", "report refused"),
    "/t/{token}": ("reported", "status in hand", "status closed", "status rated"),
    "/desk/phone": ("phone desk places", "phone desk no place"),
    "/desk/phone/{code}": ("phone report refused",),
    "/desk/phone/taken/{ticket_id}": ("phone taken",),
    "/sandbox": ("sandbox",),
    "/desk": ("inbox", "inbox empty", "inbox of an overseer"),
    "/desk/bulk": ("bulk",),
    "/desk/cases/{case_id}": ("case", "case beside its list", "case refused", "case followed", "case closed"),
    "/desk/duty": ("duty", "duty refused"),
    "/desk/sign-in": ("sign-in", "sign-in by a provider"),
    "/desk/first-password": ("first password",),
    "/desk/admin": ("admin editions",),
    "/desk/admin/differences": ("admin differences", "admin no differences"),
    "/desk/admin/rules": ("admin rules",),
    "/desk/admin/users": ("admin users",),
    "/desk/admin/contact-exports": ("admin contact exports", "admin no contact exports"),
    "/desk/figures": ("figures", "figures of nothing"),
    "/desk/figures/{figure}": (
        *("figure by unit", "figure by day", "figure by channel", "figure without groups"),
        *("figure corrected", "figure of a unit"),
    ),
    "/desk/figures/{figure}/tickets": ("tickets behind", "tickets and how long", "tickets none"),
}
# They lead on, or are no page at all.
LEADS_ON = {
    "/desk/cases/{case_id}/{action}",
    "/desk/cases/{case_id}/contact",
    "/desk/pass",
    "/desk/sign-in/provider",
    "/desk/sign-in/return",
}
NO_PAGE = {"/desk/live", "/desk/cases/{case_id}/photos/{name}", "/sandbox/messages.json"}
# What posting answers with, where that is a page and not the way back to one; and what any address may answer.
ANSWERED = ("signed out",)


class Unasked:
    """Stands for a service whose routes are listed and never asked."""

    def __getattr__(self, _: str) -> "Unasked":
        return self

    def __mul__(self, _: int) -> int:
        return 1

    def __iter__(self) -> Iterator[bytes]:
        return iter(())


def routers() -> Iterator[APIRouter]:
    """Of every module of pages that has routes."""
    for service in (intake, notify, reporting, routing):
        pages = importlib.import_module(f"{service.__name__}.pages")
        for found in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}."):
            module: Any = importlib.import_module(found.name)
            if hasattr(module, "router"):
                yield module.router(Unasked(), Unasked())
            elif hasattr(module, "routes"):
                more = (APIRoute,) if service is intake else ()
                yield module.routes(Unasked(), Unasked(), *more)


def addresses() -> set[str]:
    routes = [route for router in routers() for route in router.routes]
    return {route.path for route in routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())}


def rendered() -> set[tuple[str, str]]:
    """Each template that some code of a service answers with."""
    return {
        (path.relative_to(ROOT / "services").parts[0], name)
        for path in (ROOT / "services").glob("*/pages/*.py")
        for name in re.findall(r'"(\w+\.html)"', path.read_text(encoding="utf-8"))
    }


def test_every_page_that_can_be_opened_has_samples_or_leads_on() -> None:
    assert addresses() == SHOWN.keys() | LEADS_ON | NO_PAGE


def test_every_sample_is_of_a_page() -> None:
    assert sorted([*ANSWERED, *(name for names in SHOWN.values() for name in names)]) == sorted(PAGES)


def test_every_template_that_is_answered_with_has_a_sample() -> None:
    assert rendered() == {(service, template) for service, template, _ in PAGES.values()}


def test_the_case_has_samples_in_every_status_and_for_every_act() -> None:
    pages = [page for situation in SITUATIONS for page in pages_in(situation).values()]

    assert {page.status for page in pages} == set(Status)
    assert {act for page in pages for act in page.actions} == {Action(act) for act in ACTS}
