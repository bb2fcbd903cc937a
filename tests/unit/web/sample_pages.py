"""Every page with its sample view, named: what the tests render, and what one may look at in a browser."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from services.routing.domain.case.state import Status
from services.routing.domain.permissions import Action
from services.routing.handlers.acts import ACTS
from shared.web.catalogues import raise_missing
from shared.web.language import language_of
from shared.web.rendering import service_renderer
from tests.unit.web import figure_samples, phone_samples, samples

ROOT = Path(__file__).parents[3]
RENDERERS = {
    service: service_renderer(
        service,
        template_dir=ROOT / "services" / service / "pages" / "templates",
        now=lambda: samples.NOW,
        on_missing=raise_missing,
    )
    for service in ("intake", "routing", "reporting", "notify")
}
PAGES: dict[str, tuple[str, str, object]] = {
    "report": ("intake", "report.html", samples.report_page()),
    "report refused": ("intake", "report.html", samples.refused_report()),
    "reported": ("intake", "reported.html", samples.reported_page()),
    "status in hand": ("intake", "status.html", samples.status_in_hand()),
    "status closed": ("intake", "status.html", samples.status_closed()),
    "status rated": ("intake", "status.html", samples.status_rated()),
    "phone desk places": ("intake", "phone_desk.html", phone_samples.found_page()),
    "phone desk no place": ("intake", "phone_desk.html", phone_samples.nothing_found()),
    "phone report refused": ("intake", "phone_report.html", phone_samples.refused_report()),
    "phone taken": ("intake", "phone_taken.html", phone_samples.taken_page()),
    "sign-in": ("routing", "sign_in.html", samples.sign_in_page()),
    "sign-in by a provider": ("routing", "sign_in.html", samples.provider_sign_in_page()),
    "signed out": ("routing", "signed_out.html", samples.signed_out_page()),
    "first password": ("routing", "first_password.html", samples.first_password_page()),
    "inbox": ("routing", "inbox.html", samples.inbox_page()),
    "inbox empty": ("routing", "inbox.html", samples.empty_inbox()),
    "inbox of an overseer": ("routing", "inbox.html", samples.overseers_inbox()),
    "bulk": ("routing", "bulk.html", samples.bulk_page()),
    "duty": ("routing", "duty.html", samples.duty_page()),
    "admin editions": ("routing", "admin_editions.html", samples.editions_page()),
    "admin differences": ("routing", "admin_differences.html", samples.differences_page()),
    "admin no differences": ("routing", "admin_differences.html", samples.no_differences_page()),
    "admin rules": ("routing", "admin_rules.html", samples.rules_page()),
    "admin users": ("routing", "admin_users.html", samples.users_page()),
    "admin contact exports": ("routing", "admin_contact_exports.html", samples.contact_exports_page()),
    "admin no contact exports": ("routing", "admin_contact_exports.html", samples.no_contact_exports()),
    "duty refused": ("routing", "duty.html", samples.duty_page_refused()),
    "case": ("routing", "case.html", samples.case_page()),
    "case beside its list": ("routing", "case.html", samples.case_beside()),
    "case refused": ("routing", "case.html", samples.case_page(*map(Action, ACTS), refused=Action.RETURN)),
    "case followed": ("routing", "case.html", samples.case_followed()),
    "case closed": ("routing", "case.html", samples.case_page(Action.NOTE, status=Status.CLOSED)),
    "figures": ("reporting", "figures.html", figure_samples.figures_page()),
    "figures of nothing": ("reporting", "figures.html", figure_samples.figures_of_nothing()),
    "figure by unit": ("reporting", "figure.html", figure_samples.rate_by_unit()),
    "figure by day": ("reporting", "figure.html", figure_samples.time_by_day()),
    "figure by channel": ("reporting", "figure.html", figure_samples.count_by_channel()),
    "figure without groups": ("reporting", "figure.html", figure_samples.figure_without_groups()),
    "figure corrected": ("reporting", "figure.html", figure_samples.figure_corrected()),
    "figure of a unit": ("reporting", "figure.html", figure_samples.figure_of_a_unit()),
    "tickets behind": ("reporting", "figure_tickets.html", figure_samples.tickets_page()),
    "tickets and how long": ("reporting", "figure_tickets.html", figure_samples.tickets_that_took_time()),
    "tickets none": ("reporting", "figure_tickets.html", figure_samples.no_tickets()),
    "sandbox": ("notify", "sandbox.html", samples.sandbox_page()),
}


def answer(request: Request, name: str) -> Response:
    """The page with its sample view; what a view itself says, it says in the reader's language."""
    service, template, view = PAGES[name]
    shown = view(language_of(request)) if callable(view) else view
    return RENDERERS[service].render(request, template, {"page": shown})
