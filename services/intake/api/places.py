"""`/api/v1/places`: what a code stands for, and what can be reported there."""

from fastapi import APIRouter

from services.intake.api.schemas import Choice, PlaceSeen
from services.intake.handlers import Intake
from services.intake.handlers.places import categories_to_choose, place_of_code
from shared.kernel.bodies import only_query
from shared.kernel.description import PROBLEMS


def routes(intake: Intake) -> APIRouter:
    """The address for these places."""
    router = APIRouter(prefix="/api/v1/places", tags=["places"], responses=PROBLEMS)

    @router.get("/{code}", dependencies=[only_query()])
    async def place(code: str) -> PlaceSeen:
        """A place by its code."""
        directory = await intake.directory.current()
        found = place_of_code(directory, code)
        area = directory.areas.get(found.area)
        return PlaceSeen(
            code=found.id,
            name=found.name,
            area=Choice(id=area.id, name=area.name) if area else None,
            categories=[Choice(id=each.id, name=each.name) for each in categories_to_choose(directory)],
            report_url=f"{intake.config.public_url}/r/{found.id}",
        )

    return router
