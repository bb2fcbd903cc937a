"""Words that staff write: cleaned, then kept or refused with a reason."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.words import LENGTH_MAX, WordsFault, cleaned, fault_in


@given(st.text())
def test_cleaning_twice_changes_nothing_more(written: str) -> None:
    assert cleaned(cleaned(written)) == cleaned(written)


def test_words_are_composed_and_their_lines_end_plainly() -> None:
    assert cleaned("  cafe\u0301\r\n好 \r") == "café\n好"
    assert unicodedata.is_normalized("NFC", cleaned("e\u0301"))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("已挪车\n已立牌", None),
        ("长" * LENGTH_MAX, None),
        ("", WordsFault.REQUIRED),
        ("\u200b", WordsFault.REQUIRED),
        ("东门\u202e坑有", WordsFault.NOT_PRINTABLE),
        ("长" * (LENGTH_MAX + 1), WordsFault.TOO_LONG),
        ("a\x00b", WordsFault.NOT_PRINTABLE),
        ("a\x1bb", WordsFault.NOT_PRINTABLE),
        ("a\uffffb", WordsFault.NOT_PRINTABLE),
        ("👨‍👩‍👧 都来看过", None),
    ],
)
def test_what_is_wrong_with_words_is_named(words: str, fault: WordsFault | None) -> None:
    assert fault_in(words) is fault
