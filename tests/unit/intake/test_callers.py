"""Where a request comes from: a forwarding header counts only as far as our own proxies wrote it."""

import pytest
from fastapi import Request

from services.intake.handlers.access import network_of
from services.intake.handlers.callers import client_address

OURS = ("10.0.0.0/8", "127.0.0.1")


def request_from(address: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return Request({"type": "http", "client": (address, 1), "headers": headers})


@pytest.mark.parametrize(
    ("request_", "address"),
    [
        (request_from("203.0.113.7"), "203.0.113.7"),
        (request_from("203.0.113.7", "198.51.100.1"), "203.0.113.7"),
        (request_from("10.0.0.1", "198.51.100.1"), "198.51.100.1"),
        (request_from("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.9.9.9"), "198.51.100.1"),
        (request_from("10.0.0.1", "1.2.3.4", "198.51.100.1"), "198.51.100.1"),
        (request_from("10.0.0.1"), "10.0.0.1"),
        (request_from("10.0.0.1", "not an address"), "not an address"),
    ],
)
def test_only_our_own_proxies_are_believed(request_: Request, address: str) -> None:
    assert client_address(request_, OURS) == address


def test_without_proxies_of_ours_no_header_is_believed() -> None:
    assert client_address(request_from("127.0.0.1", "198.51.100.1"), ()) == "127.0.0.1"


def test_a_household_counts_as_one_however_many_addresses_it_has() -> None:
    assert network_of("2001:db8:1:2::7") == network_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("made up") == "unknown"
