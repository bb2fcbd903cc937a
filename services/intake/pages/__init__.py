"""What residents see of their ticket: the report page, the receipt and the status page."""

from pathlib import Path

from fastapi import FastAPI

from services.intake.handlers import Intake
from services.intake.pages import report, status
from services.intake.pages.answering import page_route
from shared.web.problems import PageProblem
from shared.web.rendering import service_renderer
from shared.web.security import CsrfProtection, SecurityHeaders

TEMPLATES = Path(__file__).parent / "templates"
API = "/api/"


def install(app: FastAPI, intake: Intake) -> None:
    """Add the pages, and what keeps their visitors safe."""
    renderer = service_renderer("intake", template_dir=TEMPLATES, now=intake.now)
    route = page_route(renderer)
    app.include_router(report.routes(intake, renderer, route))
    app.include_router(status.routes(intake, renderer, route))
    app.add_middleware(
        CsrfProtection,
        secret=intake.config.session_key,
        now=intake.now,
        refused=lambda request: renderer.problem(request, PageProblem.FORM_EXPIRED),
        exempt=(API,),
    )
    app.add_middleware(SecurityHeaders)


__all__ = ["install"]
