"""Old encodings brought up to today's: one function for each type and version that changed its meaning."""

from collections.abc import Callable
from typing import Any

from shared.contracts.notify import SendUnknown, UnknownCause

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def send_unknown_from_v1(fields: dict[str, Any]) -> dict[str, Any]:
    """Version 1 named the exception's class, which changed its meaning with each HTTP library."""
    return {**fields, "cause": UnknownCause.of_error(fields["cause"])}


# (type name, the schema version it reads) -> the function that makes the next version of it.
UPCASTERS: dict[tuple[str, int], Upcaster] = {
    (SendUnknown.type_name(), 1): send_unknown_from_v1,
}


def upcast(type_name: str, version: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Carry fields of an old schema version, step by step, to the newest."""
    while step := UPCASTERS.get((type_name, version)):
        fields, version = step(fields), version + 1
    return fields
