"""Who calls: a partner system by its key, or a resident from an address."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from fastapi import Request

from services.intake.domain.errors import ApiKeyNotValidError
from services.intake.handlers.access import KEY_PREFIX


def bearer(request: Request) -> str | None:
    """What the caller proves itself with, none for a resident without a key.

    Raises:
        ApiKeyNotValidError: there is a header, but no bearer token in it.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiKeyNotValidError
    return token.strip()


def is_api_key(token: str) -> bool:
    """Whether a bearer token is a partner's key rather than a tracking token."""
    return token.startswith(f"{KEY_PREFIX}_")


def client_address(request: Request, trusted_proxies: Sequence[str]) -> str:
    """Where the request comes from; what a forwarding header says counts only as far as our own proxies wrote it."""
    address = request.client.host if request.client else "unknown"
    if not trusted_proxies:
        return address
    hops = [hop.strip() for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")]
    while hops and _is_within(address, trusted_proxies):
        address = hops.pop()
    return address


def _is_within(address: str, networks: Sequence[str]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network, strict=False) for network in networks)
