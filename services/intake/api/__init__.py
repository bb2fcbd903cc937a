"""JSON for machines: residents' apps and partner systems report tickets and ask after them."""

from fastapi import FastAPI

from services.intake.api import places, refusals, tickets
from services.intake.handlers import Intake


def install(app: FastAPI, intake: Intake) -> None:
    """Add the addresses, and how their refusals read."""
    refusals.install(app)
    app.include_router(tickets.routes(intake))
    app.include_router(places.routes(intake))


__all__ = ["install"]
