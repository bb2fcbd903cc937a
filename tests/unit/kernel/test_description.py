"""How operations are described: whole, with nothing to look up where there is nothing."""

import json

from pydantic import BaseModel

from shared.kernel.description import schema_of


class Unit(BaseModel):
    """A unit."""

    id: str


class Called(BaseModel):
    """Who is called."""

    units: list[Unit]
    lead: Unit


def test_the_schema_of_a_body_holds_what_it_is_made_of() -> None:
    schema = schema_of(Called)

    assert "$" not in json.dumps(schema)
    assert schema["properties"]["units"]["items"]["properties"]["id"]["type"] == "string"
    assert schema["properties"]["lead"]["description"] == "A unit."
