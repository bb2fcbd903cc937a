"""What the interface of the duty takes, as its description shows it."""

import json

import pytest
from pydantic import ValidationError

from services.routing.api.duty_schemas import HOURS_MAX, ToHandOver, ToSwap
from services.routing.api.schemas import Body


@pytest.mark.parametrize("body", [ToHandOver, ToSwap])
def test_the_examples_of_the_description_are_taken(body: type[Body]) -> None:
    fields = body.model_json_schema()["properties"]
    example = {name: field["examples"][0] for name, field in fields.items()}

    assert set(body.model_validate_json(json.dumps(example)).given()) == set(example)


@pytest.mark.parametrize("hours", [0, HOURS_MAX + 1, "4", 1.5])
def test_hours_are_whole_and_few(hours: object) -> None:
    with pytest.raises(ValidationError):
        ToHandOver.model_validate_json(json.dumps({"to": "a", "hours": hours, "words": "b"}))
