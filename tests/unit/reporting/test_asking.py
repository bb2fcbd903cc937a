"""An address of the figures' pages asks what the interface would be asked by the same parameters."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from starlette.datastructures import QueryParams

from services.reporting.config import Bounds
from services.reporting.domain.behind import After, cursor_of
from services.reporting.domain.definition import Side
from services.reporting.domain.grouping import By, Tree
from services.reporting.domain.period import Period
from services.reporting.domain.question import Question
from services.reporting.pages.asking import about_group, after_in, asked, query_of
from shared.contracts.directory import AreaLevel

NOW = datetime(2026, 5, 20, tzinfo=UTC)
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
PLACE = After(told_until=NOW, at=NOW, ticket=UUID(int=1), fact="closed", key="")
MAY = Period(date(2026, 5, 1), date(2026, 6, 1))


def test_every_part_of_a_question_stands_in_its_address_and_is_read_again() -> None:
    whole = {
        "from": "2026-04-01",
        "to": "2026-05-01",
        "by": "area",
        "level": "estate",
        "tree": "then",
        "area": "grid",
        "category": "order",
        "unit": "property",
        "channel": "qr",
        "urgency": "urgent",
    }

    question, trouble = asked(QueryParams(whole), NOW, Bounds())

    assert trouble is None
    assert (question.period, question.by, question.level, question.tree) == (
        APRIL,
        By.AREA,
        AreaLevel.ESTATE,
        Tree.THEN,
    )
    assert query_of(question) == "&".join(f"{name}={value}" for name, value in whole.items())


def test_nothing_asked_is_about_the_month_that_runs() -> None:
    assert asked(QueryParams({}), NOW, Bounds()) == (Question(period=MAY), None)


@pytest.mark.parametrize(
    ("first", "after", "by", "trouble"),
    [
        ("2026-04-31", "2026-05-01", "", "not-a-day"),
        ("2026-04-01", "", "", "not-a-day"),
        ("20260401", "2026-05-01", "", "not-a-day"),
        ("2026-04-01", "2026-W18-5", "", "not-a-day"),
        ("2026-05-01", "2026-04-01", "", "period-empty"),
        ("1999-01-01", "1999-02-01", "", "period-too-early"),
        ("2026-06-01", "2026-07-01", "", "period-not-begun"),
        ("2025-01-01", "2026-05-01", "", "period-too-long"),
        ("2026-01-01", "2026-05-01", "day", "period-too-long"),
    ],
)
def test_a_period_that_can_not_be_told_is_said_and_the_running_month_shown(
    first: str, after: str, by: str, trouble: str
) -> None:
    question, said = asked(QueryParams({"from": first, "to": after, "by": by}), NOW, Bounds())

    assert (question.period, said) == (MAY, trouble)


def test_what_is_no_choice_and_no_id_is_left_out_and_that_is_said() -> None:
    question, trouble = asked(
        QueryParams({"by": "mood", "channel": "pigeon", "unit": "a\0b", "area": "x" * 101}), NOW, Bounds()
    )

    assert (question, trouble) == (Question(period=MAY), "not-a-choice")


@pytest.mark.parametrize("name", ["by", "level", "tree", "area", "category", "unit", "channel", "urgency"])
def test_that_holds_for_each_that_can_be_asked(name: str) -> None:
    assert asked(QueryParams({name: "a\0b"}), NOW, Bounds())[1] == "not-a-choice"


def test_a_misspelt_name_is_said_too() -> None:
    assert asked(QueryParams({"unti": "property"}), NOW, Bounds()) == (Question(period=MAY), "not-a-choice")


def test_a_misspelt_side_of_a_figure_is_said_since_its_numerator_is_listed_in_its_place() -> None:
    assert asked(QueryParams({"of": "restt"}), NOW, Bounds())[1] == "not-a-choice"


@pytest.mark.parametrize("side", Side)
def test_each_side_of_a_figure_can_be_asked_for(side: Side) -> None:
    assert asked(QueryParams({"of": side}), NOW, Bounds())[1] is None


def test_what_else_a_page_is_asked_by_is_no_trouble() -> None:
    written = QueryParams({"of": "rest", "after": cursor_of(PLACE), "lang": "en", "unit": ""})

    assert asked(written, NOW, Bounds()) == (Question(period=MAY), None)
    assert after_in(written) == PLACE


@pytest.mark.parametrize("after", ["x", "x" * 601, "WyIyMDI2Il0="])
def test_a_place_in_a_list_that_we_did_not_write_is_said_since_the_list_begins_anew(after: str) -> None:
    assert asked(QueryParams({"after": after}), NOW, Bounds())[1] == "not-a-choice"


@pytest.mark.parametrize("written", ["unit=property&unit=committee", "unit=&unit=property", "lang=zh&lang=en"])
def test_what_is_said_twice_is_not_taken_for_one_of_the_two_without_a_word(written: str) -> None:
    assert asked(QueryParams(written), NOW, Bounds())[1] == "not-a-choice"


def test_of_two_troubles_that_of_the_period_is_said() -> None:
    assert (
        asked(QueryParams({"from": "moon", "to": "2026-05-01", "channel": "pigeon"}), NOW, Bounds())[1] == "not-a-day"
    )


def test_a_group_is_asked_about_alone_by_what_it_was_told_apart_by() -> None:
    april = Question(period=APRIL)

    by_unit = about_group(replace(april, by=By.UNIT), "property", NOW)
    by_day = about_group(replace(april, by=By.DAY), "2026-04-14", NOW)
    by_month = about_group(replace(april, by=By.MONTH), "2026-04", NOW)

    assert by_unit == replace(april, unit="property")
    assert by_day == Question(period=Period(date(2026, 4, 14), date(2026, 4, 15)))
    assert by_month == april
    assert about_group(replace(april, by=By.UNIT), None, NOW) is None
