"""What people write is looked at before it is kept."""

import pytest

from shared.writing import UNPRINTABLE, is_blank


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200b", "\u3164\u2060\ufeff", "\u2800", "\u00ad\u3000"])
def test_text_of_which_nothing_is_seen_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["灯坏了", "\u200bok", "👍", "?", "é", "१"])
def test_text_with_one_visible_sign_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize("letter", ["\x00", "\x1b", "\x85", "\ud800", "\u202e", "\u2066"])
def test_what_can_not_be_kept_or_turns_a_text_round_is_unprintable(letter: str) -> None:
    assert UNPRINTABLE.search(f"东门{letter}有坑")
