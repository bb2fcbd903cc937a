"""Where reporting is put together."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from services.reporting.api import figures
from services.reporting.config import Config
from services.reporting.domain.errors import ReportingError
from services.reporting.projections import Reporting
from services.reporting.reactions import REACTIONS
from shared.contracts.codec import decode
from shared.directory import DIRECTORY, DirectoryFollower
from shared.kernel import problems
from shared.kernel.kafka import Topic
from shared.kernel.migrations import KERNEL, Component
from shared.kernel.runtime import Ground, open_runtime
from shared.web import remedies

NAME = "reporting"
# Nobody sends us anything; so much is read of what went astray.
BODY_BYTES_MAX = 64 * 1024
PREFIXES: tuple[str, ...] = ("/api/v1/figures",)
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
    reporting = Reporting(runtime, DirectoryFollower(runtime.pool, ground.clock), config)
    runtime.consume(REACTIONS, reporting)
    runtime.need("directory", reporting.directory.missing)
    return reporting


def create_app(service: Reporting) -> FastAPI:
    """Its routes; whoever composes the services starts the loops."""
    app = FastAPI(title="Yima reporting", max_body_size=BODY_BYTES_MAX)
    app.include_router(figures.routes(service))
    problems.install(app, remedies.in_answers())
    problems.answer_with(app, ReportingError, figures.refuse)
    problems.answer_with(app, RequestValidationError, figures.misread)
    return app
