"""What people write is brought to one form, and refused where it can not be kept or shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.errors import Fault, RefusedFieldsError
from services.intake.domain.text import clean_line, clean_text, is_absent


def fault_of(text: str, **limits: int) -> Fault:
    with pytest.raises(RefusedFieldsError) as refused:
        clean_text("text", text, **limits)
    return refused.value.refusals[0].fault


def test_padding_goes_and_line_breaks_become_alike() -> None:
    assert clean_text("text", "\r\n\t\t 灯不亮\r\n三天了 \r\n") == "灯不亮\n三天了"


def test_what_looks_alike_becomes_alike() -> None:
    assert clean_text("text", "cafe\u0301") == "caf\u00e9"


def test_a_name_fits_on_one_line() -> None:
    assert clean_line("name", " 三号楼\n 居民 ") == "三号楼 居民"


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "\u3000", "\u200b\u2060\ufeff", "\u3164", "\u115f \u1160", "\uffa0", "\u2800", "\u00ad"]
)
def test_nothing_that_is_seen_is_empty(text: str) -> None:
    assert fault_of(text) is Fault.REQUIRED
    assert is_absent(text)


def test_control_characters_are_not_passed_over_as_absent() -> None:
    assert not is_absent("\x00")


def test_four_thousand_characters_are_taken_and_one_more_is_not() -> None:
    assert len(clean_text("text", "长" * 4000)) == 4000
    assert fault_of("长" * 4001) is Fault.TOO_LONG


def test_an_import_keeps_twenty_thousand() -> None:
    assert len(clean_text("text", "长" * 20_000, characters_max=20_000)) == 20_000


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[2Jb", "a\x7fb", "a\x85b", "a\ud800b", "a\u202eb", "a\u2066b"])
def test_control_characters_are_refused(text: str) -> None:
    assert fault_of(text) is Fault.NOT_PRINTABLE


def test_emoji_joined_by_joiners_stay_whole() -> None:
    family = "👨\u200d👩\u200d👧"

    assert clean_text("text", family) == family


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    try:
        once = clean_text("text", text)
    except RefusedFieldsError:
        return

    assert clean_text("text", once) == once
