"""One full example of anything a schema describes, always the same: every optional field is there."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

OPENED_AT = "2026-04-28T11:30:00Z"
TICKET = "8b2f4c1e-5a76-4d3b-9c0e-7f6a5b4c3d2e"

# "东门消防通道被堵" under a sample person's key.
SEALED = {
    "person": "reporter-1",
    "key_version": 1,
    "box": "AAECAwQFBgcICQoLo7pK8lJNJK0FqA85WGnihAJFb5Zbnv_Jco82IsY3uGkIsVLWxtWuyA==",
}
# What a schema alone does not tell: which of the optional fields go together.
KNOWN: Mapping[str, Any] = {
    "Sealed": SEALED,
    "Term": {"clock": "accept", "minutes": 30, "working_time": False},
}

# What a name usually holds, where any text or number would do.
USUAL: Mapping[str, Any] = {
    "number": "482913057",
    "place": "C7K2MP9",
    "area": "chunhe",
    "path": "chunhe",
    "category": "order",
    "locale": "zh",
    "reporter": "reporter-1",
    "unit": "property",
    "from_unit": "committee",
    "to_unit": "property",
    "by": "person-1",
    "rule": "fire-lane",
    "days_off": "2026-05-01",
    "years": 2026,
    "hours": 510,
    "media_type": "image/jpeg",
    "size_bytes": 48_213,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


def sample_of(schema: Schema) -> Any:
    """An example that the schema allows."""
    return _sample(schema, schema.get("$defs", {}), "value")


def _sample(schema: Schema, definitions: Mapping[str, Schema], name: str) -> Any:
    match schema:
        case {"$ref": str(reference)}:
            return _referred(reference.rsplit("/", 1)[1], definitions, name)
        case {"anyOf": [first, *_]}:
            return _sample(first, definitions, name)
        case {"enum": [first, *_]} | {"const": first}:
            return first
        case {"type": "object"}:
            return _object(schema, definitions, name)
        case {"type": "array"}:
            return _array(schema, definitions, name)
        case _:
            return _plain(schema, name)


def _referred(definition: str, definitions: Mapping[str, Schema], name: str) -> Any:
    if definition in KNOWN:
        return KNOWN[definition]
    return _sample(definitions[definition], definitions, name)


def _object(schema: Schema, definitions: Mapping[str, Schema], name: str) -> dict[str, Any]:
    fields = {field: _sample(each, definitions, field) for field, each in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties")
    # "1" passes as a name and as a number, since some keys are weekdays.
    return fields | ({"1": _sample(others, definitions, name)} if isinstance(others, Mapping) else {})


def _array(schema: Schema, definitions: Mapping[str, Schema], name: str) -> list[Any]:
    if "prefixItems" in schema:
        return [_sample(each, definitions, name) for each in schema["prefixItems"]]
    return [_sample(schema["items"], definitions, name)]


def _plain(schema: Schema, name: str) -> Any:
    match schema:
        case {"type": "string", "format": "date-time"}:
            return OPENED_AT
        case {"type": "string", "format": "uuid"}:
            return TICKET
        case {"type": "string"}:
            return USUAL.get(name, name)
        case {"type": "integer" | "number"}:
            return USUAL.get(name, max(1, schema.get("minimum", 1)))
        case {"type": "boolean"}:
            return True
        case _:
            raise AssertionError(f"no example is known for {name}: {schema}")
