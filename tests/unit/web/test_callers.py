"""Where a request comes from: a forwarding header counts only as far as our own proxies wrote it."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from shared.web.callers import BehindProxies, client_address, is_within, network_of

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


def test_a_household_counts_as_one_however_many_addresses_it_has() -> None:
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("made up") == "unknown"


def test_an_address_of_ipv4_that_came_over_ipv6_is_what_it_is() -> None:
    assert is_within("::ffff:10.0.0.1", OURS)
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
