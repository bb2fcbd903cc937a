"""The check for breaking changes, shown on models that break."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from shared.contracts.compatibility import VERSION, breaking_changes
from shared.contracts.documents import DOCS, breaking


class Sealed(BaseModel):
    person: str


class Released(BaseModel):
    """The event as it was released."""

    unit: str
    by: str | None = None
    level: int = Field(default=1, ge=1, le=9)
    urgency: Literal["normal", "urgent"] = "normal"
    reason: Sealed | None = None
    steps: tuple[Sealed, ...] = ()
    span: tuple[int, int] = (0, 1)
    names: dict[str, str] = Field(default_factory=dict)
    anything: Any = None


def schema(model: type[BaseModel], version: int = 1) -> dict[str, Any]:
    return {VERSION: version, **model.model_json_schema()}


def changed(**fields: Any) -> type[BaseModel]:
    """The released event with some fields defined otherwise."""
    return create_model("Changed", __base__=Released, **fields)


def without(name: str) -> type[BaseModel]:
    kept = {each: (field.annotation, field) for each, field in Released.model_fields.items() if each != name}
    return create_model("Changed", **kept)  # type: ignore[call-overload,no-any-return] # mypy wants the names


def breaks(model: type[BaseModel]) -> list[str]:
    return breaking_changes(released={"Event": schema(Released)}, current={"Event": schema(model)}, upcasters=())


def test_the_same_event_breaks_nothing() -> None:
    assert breaks(Released) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"added": (str, "a default")},
        {"added": (str | None, None)},
        {"unit": (str, "now optional")},
        {"unit": (str | None, ...)},
        {"unit": (str | int, ...)},
        {"level": (int, Field(default=1, ge=0, le=10))},
        {"level": (float, 1)},
        {"urgency": (Literal["normal", "urgent", "deadly"], "normal")},
        {"urgency": (str, "normal")},
        {"anything": (Any, "else")},
    ],
)
def test_what_widens_breaks_nothing(fields: dict[str, Any]) -> None:
    assert breaks(changed(**fields)) == []


class SealedWithVersion(Sealed):
    version: int


class Renamed(BaseModel):
    owner: str


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"added": (str, ...)}, "Event.added: is now required"),
        ({"by": (str | None, ...)}, "Event.by: is now required"),
        ({"by": (str, "nobody")}, "Event.by: no longer takes null"),
        ({"unit": (int, ...)}, "Event.unit: no longer takes string"),
        ({"unit": (Literal["wy"], ...)}, "Event.unit: now takes only wy"),
        ({"unit": (str, Field(min_length=1))}, "Event.unit: minLength is now 1"),
        ({"unit": (str, Field(pattern="^[a-z]+$"))}, "Event.unit: pattern is now ^[a-z]+$"),
        ({"urgency": (Literal["normal"], "normal")}, "Event.urgency: no longer takes urgent"),
        ({"level": (int, Field(default=2, ge=2, le=9))}, "Event.level: minimum is now 2"),
        ({"level": (int, Field(default=1, ge=1, le=8))}, "Event.level: maximum is now 8"),
        ({"reason": (SealedWithVersion | None, None)}, "Event.reason.version: is now required"),
        ({"reason": (str | None, None)}, "Event.reason: no longer takes object"),
        ({"steps": (tuple[SealedWithVersion, ...], ())}, "Event.steps[].version: is now required"),
        ({"steps": (tuple[int, ...], ())}, "Event.steps[]: no longer takes object"),
        ({"span": (tuple[int, str], (0, "1"))}, "Event.span[1]: no longer takes integer"),
        ({"span": (tuple[int, int, int], (0, 1, 2))}, "Event.span: minItems is now 3"),
        ({"names": (dict[str, int], {})}, "Event.names{}: no longer takes string"),
        ({"anything": (int, 1)}, "Event.anything: no longer takes anything"),
    ],
)
def test_what_narrows_is_named_by_its_path(fields: dict[str, Any], line: str) -> None:
    assert breaks(changed(**fields)) == [line]


def test_a_removed_field_breaks() -> None:
    assert breaks(without("by")) == ["Event.by: is gone"]


def test_a_field_renamed_below_breaks_on_both_its_names() -> None:
    assert breaks(changed(reason=(Renamed | None, None))) == [
        "Event.reason.owner: is now required",
        "Event.reason.person: is gone",
    ]


def test_an_event_that_is_gone_breaks() -> None:
    lines = breaking_changes(released={"Event": schema(Released)}, current={}, upcasters=())

    assert lines == ["Event: the event is gone"]


def test_a_new_version_may_break_anything_that_an_upcaster_mends() -> None:
    released, current = {"Event": schema(Released)}, {"Event": schema(without("by"), version=3)}

    mended = breaking_changes(released=released, current=current, upcasters={("Event", 1), ("Event", 2)})
    half_mended = breaking_changes(released=released, current=current, upcasters={("Event", 1)})

    assert mended == []
    assert half_mended == ["Event: no upcaster reads version 2"]


def test_a_version_never_goes_back() -> None:
    lines = breaking_changes(
        released={"Event": schema(Released, version=2)}, current={"Event": schema(Released)}, upcasters=()
    )

    assert lines == ["Event: its version went back from 2 to 1"]


def test_nothing_that_was_released_is_broken_today() -> None:
    assert breaking(DOCS) == []
