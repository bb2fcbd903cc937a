"""What every event owes its readers: a name in the past tense, a sentence, and nothing personal in the clear."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from shared import contracts
from shared.contracts.codec import EVENTS
from shared.contracts.documents import schemas
from shared.contracts.envelope import Event

SCHEMAS = schemas()
IRREGULAR = {
    "Begun",
    "Blown",
    "Chosen",
    "Done",
    "Drawn",
    "Found",
    "Given",
    "Held",
    "Known",
    "Left",
    "Lost",
    "Made",
    "Met",
    "Put",
    "Read",
    "Seen",
    "Sent",
    "Shown",
    "Split",
    "Taken",
    "Told",
    "Undone",
    "Withdrawn",
    "Withdrew",
    "Written",
}
# Named so in the design: the state of knowing nothing has no verb of its own.
NOT_PAST = {"SendUnknown"}

PERSONAL = {"phone", "name", "text", "words", "note", "reason", "comment", "recipient", "tracking_token", "contact"}
# The directory's names are those of areas and units, and its rules' examples are made up; its people are sealed.
SPEAKS_OF_NOBODY = {
    "yima.routing.AreaDefined",
    "yima.routing.PlaceDefined",
    "yima.routing.UnitDefined",
    "yima.routing.CategoryDefined",
    "yima.routing.RulesDefined",
    "yima.routing.TemplateDefined",
    "yima.routing.CalendarDefined",
}

Schema = Mapping[str, Any]


def test_every_event_of_every_file_of_the_contracts_is_known_to_the_codec() -> None:
    modules = [import_module(f"{contracts.__name__}.{each.name}") for each in iter_modules(contracts.__path__)]
    written = {each for module in modules for each in vars(module).values() if is_event(each, module.__name__)}

    assert written == {*EVENTS.values()}


def is_event(value: object, module: str) -> bool:
    """Whether a name of this module is an event that is written there, and not what others are based on."""
    if not isinstance(value, type) or not issubclass(value, Event) or value.__module__ != module:
        return False
    return value is not Event and not value.__subclasses__()


@pytest.mark.parametrize("model", EVENTS.values(), ids=lambda model: model.__name__)
def test_an_event_is_named_in_the_past_tense(model: type[Any]) -> None:
    words = re.findall("[A-Z][a-z]+", model.__name__)

    assert model.__name__ in NOT_PAST or any(word.endswith("ed") or word in IRREGULAR for word in words)


@pytest.mark.parametrize("model", EVENTS.values(), ids=lambda model: model.__name__)
def test_an_event_says_in_a_sentence_what_happened(model: type[Any]) -> None:
    sentence = model.__dict__.get("__doc__") or ""

    assert sentence.strip().endswith((".", ".)"))


def takes_clear_text(schema: Schema, definitions: Mapping[str, Schema]) -> bool:
    """Whether a field takes free text as it is; a closed list of words is none."""
    match schema:
        case {"$ref": str(reference)}:
            return takes_clear_text(definitions[reference.rsplit("/", 1)[1]], definitions)
        case {"anyOf": list(alternatives)}:
            return any(takes_clear_text(each, definitions) for each in alternatives)
        case {"items": items}:
            return takes_clear_text(items, definitions)
        case {"additionalProperties": dict(values)}:
            return takes_clear_text(values, definitions)
        case {"enum": _} | {"const": _}:
            return False
        case _:
            return bool(schema.get("type", "string") == "string")


def clear_fields(schema: Schema) -> Iterator[str]:
    """Personal fields, at any depth, that are not sealed."""
    definitions = schema.get("$defs", {})
    for owner, part in {"": schema, **definitions}.items():
        for name, field in part.get("properties", {}).items():
            if name in PERSONAL and takes_clear_text(field, definitions):
                yield f"{owner}.{name}"


@pytest.mark.parametrize("type_name", sorted(EVENTS.keys() - SPEAKS_OF_NOBODY))
def test_what_is_personal_travels_sealed_only(type_name: str) -> None:
    assert list(clear_fields(SCHEMAS[type_name])) == []


def test_the_search_for_clear_text_finds_it_at_any_depth() -> None:
    text = {"type": "string"}
    schema = {
        "properties": {
            "phone": {"anyOf": [text, {"type": "null"}]},
            "words": {"type": "array", "items": text},
            "reason": {"$ref": "#/$defs/Reason"},
            "name": {"$ref": "#/$defs/Sealed"},
        },
        "$defs": {
            "Reason": {"enum": ["history"], "type": "string"},
            "Sealed": {"type": "object", "properties": {"box": text}},
            "Note": {"type": "object", "properties": {"text": text}},
        },
    }

    assert list(clear_fields(schema)) == [".phone", ".words", "Note.text"]
