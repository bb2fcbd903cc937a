"""Tallies add up, and say when a group is too small to rank."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.domain.tally import Tally, total

tallies = st.builds(Tally, **{each.name: st.integers(0, 1000) for each in fields(Tally)})


@given(st.lists(tallies))
def test_the_total_is_the_sum_of_each_count(parts: list[Tally]) -> None:
    whole = total(parts)

    for each in fields(Tally):
        assert getattr(whole, each.name) == sum(getattr(part, each.name) for part in parts)


def test_a_group_of_nine_is_not_ranked() -> None:
    assert not Tally(received=9, closed=4, overdue_open=5, rated=3).may_be_ranked


def test_a_group_of_ten_is_ranked() -> None:
    assert Tally(received=9, closed=4, overdue_open=6).may_be_ranked


def test_due_to_close_is_closed_and_overdue() -> None:
    assert Tally(closed=911, overdue_open=61).due_to_close == 972
