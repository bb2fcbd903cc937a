"""The desk's door: where one goes on to, and what a new password must be."""

from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi.responses import Response

from services.routing.handlers.accounts import SignedIn
from services.routing.pages.doors import inside, remember
from services.routing.pages.sign_in import password_faults
from shared.web.forms import Fault
from shared.web.passes import FIGURES, PASS_COOKIE, PHONE_DESK
from tests.unit.routing.test_config import config


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


def test_who_signs_in_takes_over_no_pass_of_whoever_sat_there_before(tmp_path: Path) -> None:
    response = Response()
    session = SignedIn(token="of the next", expires_at=datetime(2026, 4, 28, tzinfo=UTC), must_change=False)

    remember(response, session, config(tmp_path))

    set_there = [SimpleCookie(value.decode()) for name, value in response.raw_headers if name == b"set-cookie"]
    passes = [each[PASS_COOKIE] for each in set_there if PASS_COOKIE in each]
    assert {each["path"] for each in passes} == {FIGURES, PHONE_DESK}
    assert {(each.value, each["max-age"]) for each in passes} == {("", "0")}
    assert [each["yima_desk"].value for each in set_there if "yima_desk" in each] == ["of the next"]
