"""A contact is shown masked: never more of it than the mask says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy.masking import masked_name, masked_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("+8613812340000", "138****0000"), ("+862112345678", "****78"), ("+85291234567", "****67"), ("12345", "****45")],
)
def test_a_phone_shows_its_ends(phone: str, shown: str) -> None:
    assert masked_phone(phone) == shown


@pytest.mark.parametrize(("name", "shown"), [("张三", "张**"), ("欧阳修文", "欧**"), ("Ann Lee", "A**"), ("", "")])
def test_a_name_shows_its_beginning_and_not_its_length(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@given(st.from_regex(r"\+861[3-9][0-9]{9}", fullmatch=True))
def test_four_digits_of_a_mobile_are_never_shown(phone: str) -> None:
    assert masked_phone(phone).replace("****", phone[6:10]) == phone.removeprefix("+86")
    assert len(masked_phone(phone)) == 11
