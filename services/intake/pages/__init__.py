"""What residents see of their ticket: the report page, the receipt and the status page; and staff's phone desk."""

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from services.intake.handlers import Intake
from services.intake.pages import phone_desk, report, status
from services.intake.pages.answering import page_route
from shared.web import strayed
from shared.web.pass_doors import NotLetInError, to_the_door
from shared.web.problems import PageProblem
from shared.web.rendering import service_renderer
from shared.web.security import CsrfProtection, SecurityHeaders

TEMPLATES = Path(__file__).parent / "templates"
API = "/api/"


def install(app: FastAPI, intake: Intake) -> None:
    """Add the pages, and what keeps their visitors safe."""
    renderer = service_renderer("intake", template_dir=TEMPLATES, now=intake.now)
    route = page_route(renderer)
    strayed.install(app, renderer)
    app.include_router(report.routes(intake, renderer, route))
    app.include_router(status.routes(intake, renderer, route))
    app.include_router(phone_desk.routes(intake, renderer, route))
    app.add_exception_handler(NotLetInError, to_the_door)

    def guarded(inner: ASGIApp) -> ASGIApp:
        return SecurityHeaders(
            CsrfProtection(
                inner,
                secret=intake.config.session_key,
                now=intake.now,
                refused=lambda request: renderer.problem(request, PageProblem.FORM_EXPIRED),
            )
        )

    app.add_middleware(PagesOnly, guarded=guarded)


class PagesOnly:
    """ASGI middleware: machines carry proof of their own and render nothing, so they go past what guards pages."""

    def __init__(self, app: ASGIApp, *, guarded: Callable[[ASGIApp], ASGIApp]) -> None:
        """Wrap the application."""
        self._app = app
        self._guarded = guarded(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through on its way."""
        chosen = self._app if scope.get("path", "").startswith(API) else self._guarded
        await chosen(scope, receive, send)


__all__ = ["install"]
