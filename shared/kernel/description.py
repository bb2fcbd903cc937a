"""What the interface's description says beside each operation's own: refusals, headers, how one proves who one is."""

from typing import Any

from fastapi import Security
from fastapi.security import HTTPBearer

# A refusal's members.
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "remedy": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason", "remedy"],
                "properties": {name: {"type": "string"} for name in ("field", "reason", "remedy")},
            },
        },
    },
}
# How an operation's description tells of its refusals.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A refusal: `type` is an address that explains it, `remedy` what to do, `errors` the fields.",
        "content": {"application/problem+json": {"schema": PROBLEM}},
    }
}


def header_described(name: str, description: str) -> dict[str, Any]:
    """A header of an answer."""
    return {name: {"description": description, "schema": {"type": "string"}}}


def token_described(name: str, description: str) -> Any:
    """A dependency that only tells of a bearer token; the operation itself looks at it."""
    return Security(HTTPBearer(scheme_name=name, description=description, auto_error=False))
