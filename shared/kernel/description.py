"""What the interface's description says beside each operation's own: refusals, headers, how one proves who one is."""

from collections.abc import Mapping
from typing import Any

from fastapi import Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel

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


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a body that an operation reads by itself: whole, since no part of it stands among components."""
    schema = model.model_json_schema()
    whole: dict[str, Any] = in_place(schema, schema.pop("$defs", {}))
    return whole


def in_place(schema: Any, known: Mapping[str, Any], within: frozenset[str] = frozenset()) -> Any:
    """A schema of which nothing is left to look up elsewhere, but what would contain itself."""
    if isinstance(schema, list):
        return [in_place(each, known, within) for each in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in known and name not in within:
        others = {key: value for key, value in schema.items() if key != "$ref"}
        whole: dict[str, Any] = in_place(known[name], known, within | {name})
        return whole | others
    return {key: in_place(value, known, within) for key, value in schema.items()}


def header_described(name: str, description: str) -> dict[str, Any]:
    """A header of an answer."""
    return {name: {"description": description, "schema": {"type": "string"}}}


def token_described(name: str, description: str) -> Any:
    """A dependency that only tells of a bearer token; the operation itself looks at it."""
    return Security(HTTPBearer(scheme_name=name, description=description, auto_error=False))
