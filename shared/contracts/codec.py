"""From bytes to events: every type that any service publishes, old versions upcast on the way."""

import json
from typing import Any

from shared.contracts import directory, duty, intake, keys, notify, routing
from shared.contracts.envelope import Event, by_type_name
from shared.contracts.upcasters import upcast


class UnknownEventTypeError(Exception):
    """No event of this type and version is known here; the publisher is newer than this service."""


EVENTS: dict[str, type[Any]] = by_type_name(
    *intake.EVENTS, *routing.EVENTS, *duty.EVENTS, *notify.EVENTS, *directory.EVENTS
)


def knows(type_name: str, schema_version: int) -> bool:
    """Whether `decode` has been told what a type means in this version."""
    model: type[Event] | None = EVENTS.get(type_name)
    return type_name == keys.TYPE_NAME or (model is not None and schema_version <= model.schema_version)


def decode(type_name: str, schema_version: int, data: str | bytes) -> Any:
    """The event that `data` encodes.

    Raises:
        UnknownEventTypeError: nothing here is called `type_name`, or only an older version of it is known.
        pydantic.ValidationError: the data does not fit the type.
    """
    if type_name == keys.TYPE_NAME:
        return keys.KeyRecord.model_validate_json(data)
    # A newer version means something else, which nobody here has been told: its stream waits for the newer service.
    if not knows(type_name, schema_version):
        raise UnknownEventTypeError(f"{type_name} v{schema_version}")
    model = EVENTS[type_name]
    if schema_version == model.schema_version:
        return model.model_validate_json(data)
    return model.model_validate(upcast(type_name, schema_version, json.loads(data)))
