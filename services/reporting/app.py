"""Where reporting is put together."""

import asyncio
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from services.reporting.api import figures
from services.reporting.config import Config
from services.reporting.domain.errors import ReportingError
from services.reporting.pages import errors as page_errors
from services.reporting.pages import figures as pages
from services.reporting.projections import Reporting, keep_summed, keep_timed
from services.reporting.queries.turns import Turns
from services.reporting.reactions import REACTIONS
from shared.contracts.codec import decode
from shared.directory import DIRECTORY, DirectoryFollower
from shared.kernel import problems
from shared.kernel.kafka import Topic
from shared.kernel.loops import Role
from shared.kernel.migrations import KERNEL, Component
from shared.kernel.runtime import Ground, open_runtime
from shared.web import remedies
from shared.web.problems import PageProblem
from shared.web.rendering import service_renderer
from shared.web.security import CsrfProtection, SecurityHeaders
from shared.web.static import shared_assets

NAME = "reporting"
# Nobody sends us anything; so much is read of what went astray.
BODY_BYTES_MAX = 64 * 1024
PREFIXES: tuple[str, ...] = ("/api/v1/figures", "/desk/figures")
PUBLISHES: tuple[Topic, ...] = ()
COMPONENTS: tuple[Component, ...] = (
    KERNEL,
    DIRECTORY,
    Component(NAME, Path(__file__).parent / "sql" / "migrations"),
)


async def open_service(ground: Ground, config: Config) -> Reporting:
    """Open the service on its ground; its loops are added and not started.

    Raises:
        OSError: the database does not answer.
    """
    runtime = await open_runtime(ground, decode)
    turns = Turns(asyncio.Semaphore(config.wide_at_once), config.wide_within_s)
    reporting = Reporting(runtime, DirectoryFollower(runtime.pool, ground.clock), config, turns)
    runtime.consume(REACTIONS, reporting)
    runtime.need("directory", reporting.directory.missing)
    runtime.loops.add("sums", partial(keep_summed, reporting), role=Role.CONSUMERS)
    runtime.loops.add("times", partial(keep_timed, reporting), role=Role.CONSUMERS)
    return reporting


def create_app(service: Reporting) -> FastAPI:
    """Its routes; whoever composes the services starts the loops."""
    now = service.runtime.ground.clock.now
    renderer = service_renderer(NAME, template_dir=Path(__file__).parent / "pages" / "templates", now=now)
    app = FastAPI(title="Yima reporting", max_body_size=BODY_BYTES_MAX)
    app.include_router(pages.router(service, renderer), include_in_schema=False)
    add_interface(app, service)
    app.router.routes.append(shared_assets().route())
    problems.install(app, remedies.in_answers())
    problems.answer_with(app, ReportingError, figures.refuse)
    problems.answer_with(app, RequestValidationError, figures.misread)
    page_errors.install(app, renderer)
    # The desk's own forms stand on these pages, too: whoever signs out there is let out by routing.
    app.add_middleware(
        CsrfProtection,
        secret=service.config.session_key,
        now=now,
        refused=lambda request: renderer.problem(request, PageProblem.FORM_EXPIRED),
        exempt=("/api/v1/figures",),
    )
    app.add_middleware(SecurityHeaders)
    return app


def add_interface(app: FastAPI, service: Reporting) -> None:
    """What programs may ask. Where another service describes it, there are only the settings of this one."""
    app.include_router(figures.routes(service))
