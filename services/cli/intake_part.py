"""Intake without its loops, for commands that work on its tables."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.cli.away import AWAY_ERRORS, of_database
from services.cli.running import platform_of, running_platform
from services.cli.settings import LaunchSettings
from services.intake import app as intake
from services.intake.handlers import Intake


@asynccontextmanager
async def opened_intake(settings: LaunchSettings) -> AsyncIterator[Intake]:
    """On the platform that runs here, or on the database that was named."""
    # Imported here because it brings in all four services, which `--help` does without.
    from services import composed

    named = settings.database_url is not None
    platform = platform_of(settings, host=settings.host, port=settings.port) if named else running_platform(settings)
    [part] = [part for part in composed.parts_of(platform) if part.root is intake]
    try:
        service = await intake.open_service(part.ground, part.config)
    except AWAY_ERRORS as error:
        raise of_database(error) from None
    try:
        yield service
    except AWAY_ERRORS as error:
        raise of_database(error) from None
    finally:
        await service.runtime.stop()
