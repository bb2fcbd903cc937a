"""Ticket numbers: nine digits, none given twice, and no slip of the tongue lands on another ticket."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.number import SEQUENCE_MAX, check_digit, is_ticket_number, ticket_number

sequences = st.integers(min_value=0, max_value=SEQUENCE_MAX - 1)
places = st.integers(min_value=0, max_value=8)


def test_the_check_digit_is_damms_published_example() -> None:
    assert check_digit("572") == 4


def test_neighbours_lie_far_apart() -> None:
    assert [ticket_number(sequence) for sequence in range(3)] == ["202604012", "584570022", "966536032"]


@given(sequences)
def test_every_number_is_nine_digits_that_check(sequence: int) -> None:
    assert is_ticket_number(ticket_number(sequence))


@given(sequences, sequences)
def test_two_tickets_never_share_a_number(first: int, second: int) -> None:
    assert (ticket_number(first) == ticket_number(second)) == (first == second)


@given(sequences, places, st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_noticed(sequence: int, place: int, off_by: int) -> None:
    number = ticket_number(sequence)

    wrong = number[:place] + str((int(number[place]) + off_by) % 10) + number[place + 1 :]

    assert not is_ticket_number(wrong)


@given(sequences, st.integers(min_value=0, max_value=7))
def test_two_neighbouring_digits_swapped_are_noticed(sequence: int, place: int) -> None:
    number = ticket_number(sequence)

    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert is_ticket_number(swapped) == (swapped == number)


def test_what_is_no_number_is_none() -> None:
    assert not any(is_ticket_number(text) for text in ("", "12345678", "1234567890", "12345678x", "１２３４５６７８９"))
