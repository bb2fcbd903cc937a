"""What everybody meets who comes by the one origin: the interface described, and nothing that is not theirs."""

import json
import re
import socket
from typing import Any

import httpx2

from services.composed import asgi_app
from shared.kernel.loops import Role
from tests.scenarios.conftest import served
from tests.scenarios.town import EAST_GATE, Town


async def test_the_interface_is_described_without_a_third_party(town: Town) -> None:
    async with town.client() as http:
        page = await http.get("/docs")

    assert all(told in page.text for told in ("POST /api/v1/tickets", "GET /api/v1/figures", "/api/v1/cases"))
    assert "<script" not in page.text
    assert "default-src" in page.headers["content-security-policy"]


async def test_each_service_that_runs_apart_describes_all_four(town: Town) -> None:
    async with town.client() as http:
        together: dict[str, Any] = (await http.get("/openapi.json")).json()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with (
            served(asgi_app(town.platform, {"routing"}, {Role.WEB}), listening),
            httpx2.AsyncClient(base_url=address) as http,
        ):
            apart: dict[str, Any] = (await http.get("/openapi.json")).json()
            page = (await http.get("/docs")).text

    # The sandbox is no interface of a service: its pages stand where it does.
    partners = {path: told for path, told in together["paths"].items() if not path.startswith("/sandbox")}
    assert apart["paths"] == partners
    assert apart["components"]["securitySchemes"] == together["components"]["securitySchemes"]
    assert all(told in page for told in ("POST /api/v1/tickets", "GET /api/v1/figures", "/api/v1/notifications"))


async def test_the_description_says_how_one_proves_who_one_is_and_leaves_nothing_open(town: Town) -> None:
    async with town.client() as http:
        described: dict[str, Any] = (await http.get("/openapi.json")).json()

    proofs = {
        (path, method): [tuple(choice) for choice in operation.get("security", [])]
        for path, by_method in described["paths"].items()
        for method, operation in by_method.items()
    }
    assert proofs["/api/v1/tickets", "post"] == [("partner key",), ()]
    assert proofs["/api/v1/tickets/{ticket_id}", "get"] == [("partner key",), ("tracking token",)]
    assert proofs["/api/v1/cases/{case_id}/whistle", "post"] == [("staff session",)]
    assert {name for choices in proofs.values() for choice in choices for name in choice} == set(
        described["components"]["securitySchemes"]
    )
    referred = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(described)))
    assert referred <= {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}


async def test_a_link_is_looked_at_before_it_is_opened(town: Town) -> None:
    async with town.client() as http:
        looked = await http.head(f"/r/{EAST_GATE}")

    assert (looked.status_code, looked.content) == (200, b"")


async def test_metrics_are_read_from_this_machine_only_unless_others_are_named(town: Town) -> None:
    statuses = []
    for address in ("127.0.0.1", "198.51.100.7"):
        transport = httpx2.ASGITransport(asgi_app(town.platform), client=(address, 40_000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://yima") as http:
            statuses.append((await http.get("/metrics")).status_code)

    assert statuses == [200, 404]
