"""What the interface of the duty takes, as its description shows it."""

import json
from datetime import datetime

import pytest
from pydantic import ValidationError

from services.routing.api.duty_schemas import HOURS_MAX, ToHandOver, ToSwap, TurnInFull
from services.routing.api.schemas import Body
from shared.directory.rota import SHANGHAI


@pytest.mark.parametrize("body", [ToHandOver, ToSwap])
def test_the_examples_of_the_description_are_taken(body: type[Body]) -> None:
    fields = body.model_json_schema()["properties"]
    example = {name: field["examples"][0] for name, field in fields.items()}

    assert set(body.model_validate_json(json.dumps(example)).given()) == set(example)


@pytest.mark.parametrize("hours", [0, HOURS_MAX + 1, "4", 1.5])
def test_hours_are_whole_and_few(hours: object) -> None:
    with pytest.raises(ValidationError):
        ToHandOver.model_validate_json(json.dumps({"to": "a", "hours": hours, "words": "b"}))


def test_a_turn_is_told_in_utc_as_all_else_is() -> None:
    midnight = datetime(2026, 4, 29, tzinfo=SHANGHAI)

    turn = TurnInFull(person="a", name="甲", start=midnight, until=None)

    assert json.loads(turn.model_dump_json())["start"] == "2026-04-28T16:00:00Z"
