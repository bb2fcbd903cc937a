"""What `make clocks` counts: a difference is listed, and a property that does not hold is told with its examples."""

from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import Counted, properties, tried
from tests.unit.directory import test_duty_time_properties
from tests.unit.working_time import test_calendar_properties


@given(st.integers(0, 100))
def every_number_is_small(number: int) -> None:
    assert number < 50


@given(st.integers(0, 100))
def no_number_is_negative(number: int) -> None:
    assert number >= 0


def test_a_property_is_tried_as_often_as_the_tests_try_it_and_told_where_it_does_not_hold() -> None:
    holds, fails = tried(no_number_is_negative), tried(every_number_is_small)

    assert (holds.name, holds.examples, holds.fault) == ("no number is negative", 100, "")
    assert (fails.examples > 0, "AssertionError" in fails.fault, "does not hold" in fails.line()) == (True, True, True)


def test_what_differs_is_not_among_those_that_hold() -> None:
    assert Counted("days", 365, ["2026-05-01"]).line().split() == ["days", "364", "of", "365"]


def test_every_property_of_the_tests_is_among_them() -> None:
    modules = (test_calendar_properties, test_duty_time_properties)
    written = {name for module in modules for name in vars(module) if name.startswith("test_")}

    assert {each.__name__ for each in properties()} == written
