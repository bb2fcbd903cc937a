"""What validation finds is told in words of ours, each with what to do about it."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.kernel.bodies import check_characters, repeated_names
from shared.kernel.misread import ELSE, FieldProblem, fields_misread

PERSONAL = "13800000000"


class Colour(StrEnum):
    """Something to choose from."""

    RED = "red"
    BLUE = "blue"


class Sample(BaseModel):
    """What a sample operation takes."""

    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(max_length=5, min_length=2)] = "four"
    units: Annotated[tuple[str, ...], Field(max_length=2, min_length=1)] = ("one",)
    page: Annotated[int, Field(ge=1, le=9)] = 1
    colour: Colour = Colour.RED
    show: Literal["mine", "unit"] = "unit"


def found(body: Any) -> list[FieldProblem]:
    try:
        Sample.model_validate(body)
    except ValidationError as error:
        return list(fields_misread([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]))
    return []


@pytest.mark.parametrize(
    ("body", "field", "reason", "remedy"),
    [
        ({"words": "longer"}, "words", "is longer than 5 characters", "Shorten it to 5 characters."),
        ({"words": "x"}, "words", "is shorter than 2 characters", "Give at least 2."),
        ({"words": 7}, "words", "is not text", "Send a JSON string."),
        ({"units": "one"}, "units", "is not a list", "Send a JSON list."),
        ({"units": []}, "units", "holds fewer than 1", "Send at least 1."),
        ({"units": ["a", "b", "c"]}, "units", "holds more than 2", "Send at most 2."),
        ({"units": ["a", 7]}, "units.1", "is not text", "Send a JSON string."),
        ({"page": "x"}, "page", "is no whole number", "Send a whole number."),
        ({"page": 0}, "page", "is less than 1", "Send 1 or more."),
        ({"page": 10}, "page", "is more than 9", "Send 9 or less."),
        ({"colour": "green"}, "colour", "is none of the choices", "Give 'red' or 'blue'."),
        ({"show": "all"}, "show", "is none of the choices", "Give 'mine' or 'unit'."),
        ({"header": "x"}, "header", "is not a field of this operation", "Leave it out, or correct its name."),
        ({"unit": "x"}, "unit", "is not a field of this operation", "Leave it out, or correct its name."),
        (7, "body", "is not a JSON object", "Write one JSON object in UTF-8."),
    ],
)
def test_each_fault_says_what_is_wrong_and_what_to_do(body: Any, field: str, reason: str, remedy: str) -> None:
    assert found(body) == [FieldProblem(field, reason, remedy)]


@pytest.mark.parametrize(
    ("body", "repeated"),
    [(b"{}", []), (b'{"a": 1, "b": 2}', []), (b'{"a": 1, "b": 2, "a": 3}', ["a"]), (b'{"a": {"b": 1}, "b": 1}', [])],
)
def test_a_name_that_stands_twice_is_found(body: bytes, repeated: list[str]) -> None:
    assert repeated_names(body) == repeated


def test_fields_that_hold_half_a_character_are_named_however_deep_it_stands() -> None:
    with pytest.raises(RequestValidationError) as refused:
        check_characters(rb'{"a": "\ud800", "b": ["x", "\udc00"], "c": "\ud83d\udc4d"}')

    assert [each.field for each in fields_misread(refused.value.errors())] == ["a", "b"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"{", b"\xff", b'{"a": 1}', rb'{"\ud800": "\ud800"}', b"[" * 99_999]
)
def test_what_is_no_object_or_holds_no_half_character_is_left_to_others(body: bytes) -> None:
    check_characters(body)


def test_a_header_is_named_as_one_writes_it() -> None:
    (problem,) = fields_misread([{"type": "missing", "loc": ("header", "idempotency-key")}])

    assert problem == FieldProblem("Idempotency-Key", "is missing", "Give it.")


def test_what_nobody_thought_of_still_says_where_to_look() -> None:
    (problem,) = fields_misread([{"type": "date_parsing", "loc": ("path", "day"), "input": PERSONAL}])

    assert problem == FieldProblem("day", *ELSE)


def test_a_name_that_is_no_field_is_repeated_only_so_far() -> None:
    (problem,) = found({"x" * 1_000: 1})

    assert len(problem.field) == 64
