"""Phones: what people write, and what is refused as a contact."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.privacy import PhoneNotValidError, normalised_phone


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("010-1234 5678", "+861012345678"),
        ("(010)12345678", "+861012345678"),
        ("０１０１２３４５６７８", "+861012345678"),
        ("+86 10 1234 5678", "+861012345678"),
        ("0086 10 12345678", "+861012345678"),
        ("+86 (0)10 12345678", "+861012345678"),
    ],
)
def test_a_phone_has_one_form_however_it_is_written(written: str, normalised: str) -> None:
    assert normalised_phone(written) == normalised


def test_a_mobile_needs_no_country_code() -> None:
    documented = phonenumbers.example_number_for_type("CN", phonenumbers.PhoneNumberType.MOBILE)
    assert documented is not None

    written = normalised_phone(str(documented.national_number))

    assert written == f"+86{documented.national_number}"


@pytest.mark.parametrize("written", ["", "   ", "无", "12345", "110", "119", "95533", "1300000000", "12345678"])
def test_where_nobody_can_be_reached_is_refused(written: str) -> None:
    with pytest.raises(PhoneNotValidError):
        normalised_phone(written)


@pytest.mark.parametrize("written", ["12345 10000004711", "17909 010 12345678", "12345+8601012345678"])
def test_digits_before_a_number_are_refused_rather_than_dropped(written: str) -> None:
    with pytest.raises(PhoneNotValidError):
        normalised_phone(written, allow_unassigned=True)


def test_a_phone_abroad_is_taken_only_where_its_country_is_named() -> None:
    assert normalised_phone("+44 20 7946 0000", countries=(86, 44)) == "+442079460000"
    with pytest.raises(PhoneNotValidError):
        normalised_phone("+44 20 7946 0000")


@pytest.mark.parametrize("written", ["010-12345678转8012", "010-12345678 ext 12"])
def test_an_extension_is_refused_rather_than_dropped(written: str) -> None:
    with pytest.raises(PhoneNotValidError):
        normalised_phone(written)


def test_the_refusal_does_not_repeat_what_was_given() -> None:
    with pytest.raises(PhoneNotValidError) as refused:
        normalised_phone("10000000001")

    assert refused.value.args == ()
    assert refused.value.__cause__ is None


@given(st.text(max_size=400))
def test_any_text_is_either_a_phone_or_refused(text: str) -> None:
    try:
        written = normalised_phone(text)
    except PhoneNotValidError:
        return

    assert normalised_phone(written) == written


def test_a_sample_phone_is_let_in_only_where_the_installation_allows_it() -> None:
    assert normalised_phone("100 0000 0001", allow_unassigned=True) == "+8610000000001"
    with pytest.raises(PhoneNotValidError):
        normalised_phone("10000000001")


@pytest.mark.parametrize("written", ["10000010001", "100000000001", "12345"])
def test_no_other_unassigned_number_is_let_in(written: str) -> None:
    with pytest.raises(PhoneNotValidError):
        normalised_phone(written, allow_unassigned=True)


def the_library_takes(written: str) -> bool:
    """Also what it takes for a carrier's code and something too short behind it is no number."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, "CN"))
    except phonenumbers.NumberParseException:
        return False


@example(number=12_597_002_110, before="")
@example(number=12_597_002_100, before="")
@given(st.integers(min_value=10_000_000_000, max_value=19_999_999_999), st.sampled_from(["", "+86", "86", "+86 "]))
def test_the_short_way_for_plain_mobiles_says_what_the_library_says(number: int, before: str) -> None:
    written = f"{before}{number}"

    if the_library_takes(written):
        assert normalised_phone(written) == f"+86{number}"
    else:
        with pytest.raises(PhoneNotValidError):
            normalised_phone(written)
