"""The desk's door: where one goes on to, and what a new password must be."""

import pytest

from services.routing.pages.doors import inside
from services.routing.pages.sign_in import password_faults
from shared.web.forms import Fault


@pytest.mark.parametrize("address", ["/desk", "/desk?show=closed&page=2", "/desk/cases/7"])
def test_one_goes_on_to_where_one_wanted_within_the_desk(address: str) -> None:
    assert inside(address) == address


@pytest.mark.parametrize(
    "address", ["", "/", "/desks", "//evil", "https://evil", "/desk//evil", "/desk\\evil", "/desk/..//evil", "/r/X"]
)
def test_one_is_never_led_outside(address: str) -> None:
    assert inside(address) == "/desk"


@pytest.mark.parametrize(
    ("password", "again", "faults"),
    [
        ("four plain words", "four plain words", {}),
        ("short", "short", {"password": Fault.TOO_SHORT}),
        ("x" * 201, "x" * 201, {"password": Fault.TOO_LONG}),
        ("four plain words", "five plain words", {"password_again": Fault.NOT_EQUAL}),
    ],
)
def test_a_new_password_is_long_enough_and_typed_twice(password: str, again: str, faults: dict[str, Fault]) -> None:
    found = password_faults(password, again, length_min=12)

    assert {name: fault.fault for name, fault in found.items()} == faults
