"""The floor: a FastAPI POST that reads the same body and does nothing, under the platform's own server settings."""

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from services.cli.launcher import bound, pages_config, settle_memory
from services.cli.settings import LaunchSettings

PATH = "/noop"


class Body(BaseModel):
    """A report's fields, as strictly as the front door takes them."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    place: str
    text: str
    category: str | None = None
    phone: str | None = None
    name: str | None = None
    reference: str | None = None


app = FastAPI()


@app.get("/readyz")
async def readyz() -> dict[str, str]:
    """Whether it answers."""
    return {"status": "ready"}


@app.post(PATH, status_code=201)
async def noop(body: Body) -> dict[str, str]:
    """Answer, having done nothing."""
    return {"place": body.place, "status": "reported"}


def main() -> None:
    """Serve until stopped."""
    settings = LaunchSettings()
    with bound(settings) as listening:
        settle_memory()
        uvicorn.Server(pages_config(app)).run(sockets=[listening])


if __name__ == "__main__":
    main()
