"""Where requests come from: what a forwarding header says counts only as far as our own proxies wrote it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send


class BehindProxies:
    """Makes the address that a request came from its client's, and its scheme the request's, for all behind it."""

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str]) -> None:
        self._app = app
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._trusted_proxies and scope["type"] == "http" and scope.get("client"):
            host, port = scope["client"]
            if is_within(host, self._trusted_proxies):
                headers = Headers(scope=scope)
                forwarded = headers.getlist("x-forwarded-for")
                scope["client"] = (client_address(host, forwarded, self._trusted_proxies), port)
                scope["scheme"] = _scheme(headers.get("x-forwarded-proto")) or scope["scheme"]
        await self._app(scope, receive, send)


def client_address(address: str, forwarded: Sequence[str], trusted_proxies: Sequence[str]) -> str:
    """The nearest address that is no proxy of ours."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    while hops and is_within(address, trusted_proxies):
        address = hops.pop()
    return address


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is one of these, or in one of these networks."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ip_network(network, strict=False) for network in networks)


def network_of(address: str) -> str:
    """Whom an address stands for: a household has a whole /64 of IPv6."""
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    return str(ip_network(f"{parsed}/64", strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address; one of IPv4 that came over IPv6 as what it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _scheme(forwarded: str | None) -> str | None:
    return forwarded if forwarded in ("http", "https") else None
