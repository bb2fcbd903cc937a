"""Who calls: a partner system by its key, or a resident from an address."""

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


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else "unknown"
