"""How long requests take is told by route and kind of status, and never by an address."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from shared.kernel.problems import install


def answers(route: str, status: str) -> float:
    labels = {"route": route, "status": status}
    return REGISTRY.get_sample_value("yima_http_answer_seconds_count", labels) or 0


def test_answer_is_counted_by_its_route_and_an_unknown_address_by_none() -> None:
    app = FastAPI()
    install(app, {})

    @app.get("/timed/{ticket}")
    async def timed(ticket: str) -> str:
        return ticket

    before = answers("none", "4xx")
    with TestClient(app) as client:
        client.get("/timed/8K3F")
        client.get("/timed/9M2A")
        client.get("/nowhere/8K3F")

    assert answers("/timed/{ticket}", "2xx") == 2
    assert answers("none", "4xx") == before + 1
    assert "8K3F" not in str(list(REGISTRY.collect()))
