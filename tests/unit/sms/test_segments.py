"""How many segments an SMS is billed as; the limits are those of 3GPP 23.038 and 23.040."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sms.segments import Encoding, encoding_of, segment_count


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("值" * 70, 1),
        ("值" * 71, 2),
        ("值" * 134, 2),
        ("值" * 135, 3),
        ("🚒" * 35, 1),
        ("🚒" * 36, 2),
    ],
)
def test_segments_are_counted_as_they_are_billed(text: str, segments: int) -> None:
    assert segment_count(text) == segments


def test_a_letter_of_two_units_is_never_cut_in_two() -> None:
    assert segment_count("值" * 66 + "🚒" + "值" * 66) == 3
    assert segment_count("a" * 152 + "€" + "a" * 152) == 3


def test_one_chinese_letter_makes_the_whole_message_ucs2() -> None:
    assert encoding_of("fire lane") is Encoding.GSM7
    assert encoding_of("fire lane 消") is Encoding.UCS2


@given(st.text(max_size=500), st.text(max_size=50))
def test_a_longer_message_never_costs_less(text: str, more: str) -> None:
    assert segment_count(text) <= segment_count(text + more)
