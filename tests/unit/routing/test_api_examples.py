"""What the description shows of each act is what the act takes; that it is done is told where cases live."""

import json

import pytest

from services.routing.api.acts import TAKEN
from services.routing.api.examples import EXAMPLES, PHOTOGRAPHED


def test_every_act_has_its_example() -> None:
    assert set(EXAMPLES) == set(TAKEN)
    assert set(PHOTOGRAPHED) < set(TAKEN)


@pytest.mark.parametrize("act", EXAMPLES)
def test_an_example_is_a_body_that_the_act_takes(act: str) -> None:
    takes, _ = TAKEN[act]

    assert takes.model_validate_json(json.dumps(EXAMPLES[act])).model_fields_set == set(EXAMPLES[act])
