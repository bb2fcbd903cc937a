"""How pages put times, deadlines, numbers and names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.directory import Name
from shared.web.catalogues import load_catalogues, raise_missing
from shared.web.language import Language
from shared.web.wording import Wording, linked, ticket_number

NOW = datetime(2026, 4, 28, 13, 5, tzinfo=UTC)
CATALOGUES = load_catalogues("web", on_missing=raise_missing)


def wording(language: Language) -> Wording:
    return Wording(CATALOGUES[language], lambda: NOW)


def test_a_moment_is_shown_by_shanghais_clock() -> None:
    assert wording("zh").local_time(NOW) == "4月28日 21:05"
    assert wording("en").local_time(NOW) == "28 Apr, 21:05"


def test_a_moment_of_another_year_shows_the_year() -> None:
    assert wording("zh").local_time(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) == "2025年12月31日 23:59"


def test_the_year_turns_in_shanghai_not_in_greenwich() -> None:
    assert wording("zh").local_time(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == "1月1日 00:00"


@pytest.mark.parametrize(
    ("left", "zh", "en"),
    [
        (timedelta(hours=2), "还剩 2 小时", "2 hours left"),
        (timedelta(minutes=-15), "已超时 15 分钟", "15 minutes overdue"),
        (timedelta(minutes=1, seconds=59), "还剩 1 分钟", "1 minute left"),
        (timedelta(hours=1, minutes=20), "还剩 1 小时 20 分钟", "1 hour 20 minutes left"),
        (timedelta(hours=30, minutes=20), "还剩 30 小时", "30 hours left"),
        (timedelta(days=5, hours=23), "还剩 5 天", "5 days left"),
        (timedelta(seconds=59), "还剩 不到 1 分钟", "less than a minute left"),
    ],
)
def test_a_deadline_says_how_long_is_left_or_how_late_it_is(left: timedelta, zh: str, en: str) -> None:
    assert wording("zh").deadline(NOW + left) == zh
    assert wording("en").deadline(NOW + left) == en


@given(st.integers(min_value=-(10**7), max_value=10**7))
def test_a_deadline_is_overdue_exactly_when_it_has_passed(seconds: int) -> None:
    deadline = NOW + timedelta(seconds=seconds)

    assert wording("zh").deadline(deadline).startswith("已超时") == (seconds < 0)
    assert (wording("zh").pressure(deadline) == "over") == (seconds < 0)


@pytest.mark.parametrize(
    ("minutes", "zh", "of_working_time"),
    [
        (0.4, "0 分钟", "0 分钟"),
        (119.4, "119 分钟", "119 分钟"),
        (119.5, "2 小时 0 分", "2 小时 0 分"),
        (1185, "19 小时 45 分", "19 小时 45 分"),
        (72 * 60 - 1, "71 小时 59 分", "71 小时 59 分"),
        # A working day has no one length.
        (72 * 60, "3 天 0 小时", "72 小时 0 分"),
        (5 * 1440 - 20, "5 天 0 小时", "119 小时 40 分"),
    ],
)
def test_a_length_is_told_in_what_people_count_in(minutes: float, zh: str, of_working_time: str) -> None:
    assert wording("zh").lasted(minutes) == zh
    assert wording("zh").lasted(minutes, working=True) == of_working_time


def test_the_last_hour_presses() -> None:
    assert wording("zh").pressure(NOW + timedelta(minutes=59)) == "soon"
    assert wording("zh").pressure(NOW + timedelta(minutes=60)) == "fine"


def test_a_ticket_number_is_read_in_groups_of_three() -> None:
    assert ticket_number("204815736") == "204 815 736"


@given(st.text("0123456789", max_size=20))
def test_grouping_a_number_loses_no_digit(number: str) -> None:
    assert ticket_number(number).replace(" ", "") == number


def test_a_name_is_shown_in_the_readers_language() -> None:
    name = Name(zh="春和苑", en="Chunhe Court")

    assert (wording("zh").named(name), wording("en").named(name)) == ("春和苑", "Chunhe Court")


def test_addresses_in_a_message_become_links_even_next_to_chinese() -> None:
    assert linked("进展：http://127.0.0.1:8000/t/a，谢谢") == (
        '进展：<a href="http://127.0.0.1:8000/t/a" rel="noreferrer">http://127.0.0.1:8000/t/a</a>，谢谢'
    )


@given(st.text())
def test_a_message_never_brings_markup_of_its_own(text: str) -> None:
    shown = str(linked(text + "<script>" + text))

    assert "<script" not in shown
