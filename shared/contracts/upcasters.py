"""Old encodings brought up to today's: one function for each type and version that changed its meaning."""

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

# (type name, the schema version it reads) -> the function that makes the next version of it.
UPCASTERS: dict[tuple[str, int], Upcaster] = {}


def upcast(type_name: str, version: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Carry fields of an old schema version, step by step, to the newest."""
    while step := UPCASTERS.get((type_name, version)):
        fields, version = step(fields), version + 1
    return fields
