"""Every event that was ever written can be read, and means what it meant."""

import json
from typing import Any

import pytest

from shared.contracts.codec import EVENTS, decode
from tests.contracts.corpus import WRITE, Golden, corpus, file_name, missing

CORPUS = list(corpus())


def lost(expected: Any, found: Any, path: str = "") -> list[str]:
    """Paths whose expected value is not there; fields that came later are none of its business."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [each for name in expected for each in lost(expected[name], found.get(name), f"{path}.{name}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [each for place, value in enumerate(expected) for each in lost(value, found[place], f"{path}[{place}]")]
    return [] if expected == found else [path]


@pytest.mark.parametrize("golden", CORPUS, ids=[golden.file for golden in CORPUS])
def test_a_golden_event_decodes_to_what_it_means(golden: Golden) -> None:
    event = decode(golden.type_name, golden.schema_version, json.dumps(golden.encoded))

    assert type(event) is EVENTS[golden.type_name]
    assert lost(golden.decoded, json.loads(event.to_json())) == []


@pytest.mark.parametrize("golden", CORPUS, ids=[golden.file for golden in CORPUS])
def test_a_golden_event_survives_being_written_again(golden: Golden) -> None:
    event = decode(golden.type_name, golden.schema_version, json.dumps(golden.encoded))

    assert decode(golden.type_name, event.schema_version, event.to_json()) == event


def test_every_event_has_a_golden_file() -> None:
    assert [model.__name__ for model in missing()] == [], f"run `{WRITE}` and commit the file"


def test_every_earlier_version_still_has_its_golden_file() -> None:
    expected = {
        file_name(model, version) for model in EVENTS.values() for version in range(1, model.schema_version + 1)
    }

    assert expected - {golden.file for golden in CORPUS} == set()


def test_a_golden_file_is_named_after_what_it_holds() -> None:
    assert [golden.file for golden in CORPUS] == [
        f"{golden.type_name.rsplit('.', 1)[1]}.v{golden.schema_version}.json" for golden in CORPUS
    ]


def test_what_is_lost_is_named_by_its_path() -> None:
    assert lost({"a": [{"b": 1}], "c": 2}, {"a": [{"b": 3}], "d": 4}) == [".a[0].b", ".c"]
