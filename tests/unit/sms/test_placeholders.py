"""Placeholders in a wording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sms.placeholders import filled, has_stray_brace, named_in


def test_a_wording_says_what_it_names() -> None:
    assert named_in("{place}请在{accept_by}前接单，{place}：{link}") == {"place", "accept_by", "link"}


@pytest.mark.parametrize(
    "wording", ["{0}", "{place.name}", "{place!r}", "{place:>9}", "{Place}", "{", "{place", "a}", "{{place}"]
)
def test_nothing_else_may_stand_in_braces(wording: str) -> None:
    assert has_stray_brace(wording)


def test_what_has_no_value_stays_as_it_is() -> None:
    assert filled("{place}：{link}", {"place": "东门"}) == "东门：{link}"


@given(st.text(), st.text())
def test_a_value_is_taken_as_it_is_whatever_stands_in_it(place: str, words: str) -> None:
    assert filled("{place}|{words}", {"place": place, "words": words}) == f"{place}|{words}"
