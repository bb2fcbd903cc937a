"""Where a request comes from: a forwarding header counts only as far as our own proxies wrote it."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from shared.web.callers import BehindProxies, client_address

OURS = ("10.0.0.0/8", "127.0.0.1")


@pytest.mark.parametrize(
    ("came_from", "forwarded", "address"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["not an address"], "not an address"),
    ],
)
def test_only_our_own_proxies_are_believed(came_from: str, forwarded: list[str], address: str) -> None:
    assert client_address(came_from, forwarded, OURS) == address


@pytest.mark.parametrize(("trusted", "address"), [((), "10.0.0.1"), (OURS, "198.51.100.1")])
def test_applications_see_the_address_that_a_request_came_from(trusted: tuple[str, ...], address: str) -> None:
    app = FastAPI()

    @app.get("/")
    async def seen(request: Request) -> str:
        return request.client.host if request.client else ""

    client = TestClient(BehindProxies(app, trusted), client=("10.0.0.1", 40_000))

    assert client.get("/", headers={"x-forwarded-for": "1.2.3.4, 198.51.100.1"}).json() == address
